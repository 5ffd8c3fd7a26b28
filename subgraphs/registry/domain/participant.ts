/** The closed lists of a participant and its contacts, and what its membership allows. */
export const PARTICIPANT_KINDS = [
  'FOUNDATION',
  'PERSONAL_HEALTH_ENVIRONMENT',
  'CARE_COOPERATIVE',
  'HOME_CARE',
  'OCCUPATIONAL_HEALTH',
  'SHARED_SERVICE_CENTRE',
  'MUNICIPALITY',
  'OTHER',
] as const;

export const CONTACT_ROLES = ['SERVICEMANAGER', 'SERVICEDESK', 'HELPDESK'] as const;
export type ContactRole = (typeof CONTACT_ROLES)[number];

export const CONTACT_READERS = ['NETWORK', 'USERS', 'FOUNDATION'] as const;
export type ContactReaders = (typeof CONTACT_READERS)[number];

export const CHANNEL_KINDS = ['PHONE', 'EMAIL', 'PORTAL', 'CHAT', 'POST'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const PUBLICITIES = ['FOUNDATION', 'PARTICIPANTS', 'PUBLIC'] as const;
export type Publicity = (typeof PUBLICITIES)[number];
