/** The participants of the scatter benchmark, by their place. */
export const benchParticipant = (index: number): string => `deelnemer-${String(index).padStart(3, '0')}`;
