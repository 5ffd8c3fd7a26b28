/** Dutch public holidays by rule. Which of the optional ones count is a choice of each calendar, never of this file. */
export interface HolidayChoice {
  /** A holiday by law for statutory terms, an ordinary working day in most agreements. */
  readonly goodFriday: boolean;
  /** 5 May: never, once in five years (2025, 2030, …) or each year. */
  readonly liberationDay: 'NEVER' | 'EVERY_FIFTH_YEAR' | 'EVERY_YEAR';
}

export interface Holiday {
  /** ISO 8601. */
  readonly date: string;
  readonly name: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function dutchHolidays(year: number, choice: HolidayChoice): Holiday[] {
  const easter = easterSunday(year);
  const fromEaster = (days: number) => isoDate(easter + days * DAY_MS);
  const liberation =
    choice.liberationDay === 'EVERY_YEAR' || (choice.liberationDay === 'EVERY_FIFTH_YEAR' && year % 5 === 0);
  return [
    { date: `${fourDigits(year)}-01-01`, name: 'Nieuwjaarsdag' },
    ...(choice.goodFriday ? [{ date: fromEaster(-2), name: 'Goede Vrijdag' }] : []),
    { date: fromEaster(0), name: 'Eerste Paasdag' },
    { date: fromEaster(1), name: 'Tweede Paasdag' },
    kingsDay(year),
    ...(liberation ? [{ date: `${fourDigits(year)}-05-05`, name: 'Bevrijdingsdag' }] : []),
    { date: fromEaster(39), name: 'Hemelvaartsdag' },
    { date: fromEaster(49), name: 'Eerste Pinksterdag' },
    { date: fromEaster(50), name: 'Tweede Pinksterdag' },
    { date: `${fourDigits(year)}-12-25`, name: 'Eerste Kerstdag' },
    { date: `${fourDigits(year)}-12-26`, name: 'Tweede Kerstdag' },
  ];
}

/** 27 April since 2014, 30 April before; on the Saturday when that is a Sunday. */
function kingsDay(year: number): Holiday {
  const [day, name] = year >= 2014 ? [27, 'Koningsdag'] : [30, 'Koninginnedag'];
  const at = Date.UTC(year, 3, day);
  return { date: isoDate(new Date(at).getUTCDay() === 0 ? at - DAY_MS : at), name };
}

/** The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8), as milliseconds of that date in UTC. */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return Date.UTC(year, month - 1, day);
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function fourDigits(year: number): string {
  return String(year).padStart(4, '0');
}
