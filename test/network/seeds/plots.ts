/** The incidents of the story, as data. Everything in them is made up. */

export type End = 'REPORTED' | 'ACKNOWLEDGED' | 'IN_PROGRESS' | 'WAITING' | 'RESOLVED';

export interface OpenIncident {
  readonly owner: string;
  /** Another participant that reported it; otherwise the owner found it itself. */
  readonly reporter?: string;
  /** Handed over from here after some work. */
  readonly from?: string;
  readonly service: string;
  readonly title: string;
  readonly impact: 'LOW' | 'MEDIUM' | 'HIGH' | 'MAJOR';
  readonly urgency: 'LOW' | 'MEDIUM' | 'HIGH';
  readonly hoursAgo: number;
  readonly state: End;
  readonly wait?: {
    readonly reason: 'USER' | 'VENDOR' | 'OTHER_PARTY' | 'IMPLEMENTATION' | 'OTHER';
    readonly for?: string;
  };
  readonly note?: string;
}

/** Three parties see the same trouble: together they become one network incident. */
export const collecting: readonly OpenIncident[] = [
  {
    owner: 'fictiviteit',
    service: 'Verzamelen',
    title: 'Verzamelen faalt bij deel van de bronnen',
    impact: 'MAJOR',
    urgency: 'HIGH',
    hoursAgo: 5,
    state: 'IN_PROGRESS',
    note: 'Vanaf 8.40 uur geeft ongeveer een derde van de verzoeken een time-out.',
  },
  {
    owner: 'linde',
    reporter: 'fictiviteit',
    service: 'Dossier ontsluiten',
    title: 'Ontsluiten geeft lege antwoorden na verzamelverzoek',
    impact: 'HIGH',
    urgency: 'HIGH',
    hoursAgo: 4,
    state: 'IN_PROGRESS',
    note: 'Lijkt samen te hangen met een verlopen vermelding in het register.',
  },
  {
    owner: 'voorbeeld',
    reporter: 'linde',
    service: 'Register Voorbeeldnet',
    title: 'Register levert verouderde adreslijst',
    impact: 'HIGH',
    urgency: 'HIGH',
    hoursAgo: 3,
    state: 'ACKNOWLEDGED',
  },
];

export const openIncidents: readonly OpenIncident[] = [
  {
    owner: 'fictiviteit',
    service: 'Inloggen',
    title: 'Inloggen duurt langer dan tien seconden',
    impact: 'MEDIUM',
    urgency: 'HIGH',
    hoursAgo: 26,
    state: 'WAITING',
    wait: { reason: 'VENDOR' },
  },
  {
    owner: 'fictiviteit',
    service: 'Delen',
    title: 'Gedeeld bericht komt dubbel aan',
    impact: 'LOW',
    urgency: 'MEDIUM',
    hoursAgo: 70,
    state: 'IN_PROGRESS',
  },
  {
    owner: 'fictiviteit',
    reporter: 'niemandsland',
    service: 'Verzamelen',
    title: 'Medicatielijst mist recente wijzigingen',
    impact: 'HIGH',
    urgency: 'MEDIUM',
    hoursAgo: 30,
    state: 'ACKNOWLEDGED',
  },
  {
    owner: 'fictiviteit',
    service: 'Delen',
    title: 'Bijlagen groter dan 10 MB worden geweigerd',
    impact: 'LOW',
    urgency: 'LOW',
    hoursAgo: 120,
    state: 'WAITING',
    wait: { reason: 'IMPLEMENTATION' },
  },
  {
    owner: 'linde',
    service: 'Afspraken',
    title: 'Afspraken verschijnen een uur verschoven',
    impact: 'MEDIUM',
    urgency: 'MEDIUM',
    hoursAgo: 49,
    state: 'IN_PROGRESS',
    note: 'Treedt alleen op bij afspraken die voor de klokwissel zijn gemaakt.',
  },
  {
    owner: 'linde',
    service: 'Berichten',
    title: 'Bevestigingsmail blijft uit',
    impact: 'LOW',
    urgency: 'MEDIUM',
    hoursAgo: 11,
    state: 'REPORTED',
  },
  {
    owner: 'linde',
    reporter: 'bedenkerveen',
    service: 'Berichten',
    title: 'Bericht aan wijkteam niet afgeleverd',
    impact: 'MEDIUM',
    urgency: 'HIGH',
    hoursAgo: 8,
    state: 'WAITING',
    wait: { reason: 'OTHER_PARTY', for: 'bedenkerveen' },
  },
  {
    owner: 'niemandsland',
    from: 'linde',
    service: 'Planning',
    title: 'Routeplanning valt uit in het weekend',
    impact: 'HIGH',
    urgency: 'MEDIUM',
    hoursAgo: 52,
    state: 'ACKNOWLEDGED',
    note: 'Overgenomen van Linde: de storing zit in onze planningskoppeling.',
  },
  {
    owner: 'niemandsland',
    service: 'Planning',
    title: 'Planbord laadt niet op tablets',
    impact: 'MEDIUM',
    urgency: 'MEDIUM',
    hoursAgo: 20,
    state: 'IN_PROGRESS',
  },
  {
    owner: 'niemandsland',
    service: 'Dossier ontsluiten',
    title: 'Ontsluiten geweigerd na certificaatwissel',
    impact: 'HIGH',
    urgency: 'HIGH',
    hoursAgo: 2,
    state: 'ACKNOWLEDGED',
  },
  {
    owner: 'niemandsland',
    service: 'Planning',
    title: 'Uitnodigingen op verkeerde datum',
    impact: 'LOW',
    urgency: 'LOW',
    hoursAgo: 200,
    state: 'WAITING',
    wait: { reason: 'USER' },
  },
  {
    owner: 'denkbeeld',
    service: 'Spreekuur',
    title: 'Spreekuurrooster niet zichtbaar voor werkgevers',
    impact: 'MEDIUM',
    urgency: 'HIGH',
    hoursAgo: 15,
    state: 'IN_PROGRESS',
  },
  {
    owner: 'denkbeeld',
    reporter: 'nergenshuizen',
    service: 'Verzuimberichten',
    title: 'Verzuimberichten komen niet binnen bij de salarisadministratie',
    impact: 'HIGH',
    urgency: 'HIGH',
    hoursAgo: 75,
    state: 'WAITING',
    wait: { reason: 'OTHER_PARTY', for: 'nergenshuizen' },
    note: 'Beide partijen wijzen naar elkaar; morgenochtend samen nalopen.',
  },
  {
    owner: 'denkbeeld',
    service: 'Verzuimberichten',
    title: 'Hersteldmelding blijft in concept staan',
    impact: 'LOW',
    urgency: 'MEDIUM',
    hoursAgo: 33,
    state: 'REPORTED',
  },
  {
    owner: 'nergenshuizen',
    service: 'Werkplek',
    title: 'Werkplek start traag na update',
    impact: 'MEDIUM',
    urgency: 'MEDIUM',
    hoursAgo: 44,
    state: 'IN_PROGRESS',
  },
  {
    owner: 'nergenshuizen',
    from: 'denkbeeld',
    service: 'Salarisadministratie',
    title: 'Looncomponent ontbreekt na verzuimmelding',
    impact: 'HIGH',
    urgency: 'MEDIUM',
    hoursAgo: 60,
    state: 'IN_PROGRESS',
  },
  {
    owner: 'nergenshuizen',
    service: 'Netwerk',
    title: 'Verbinding met locatie Noord valt weg',
    impact: 'HIGH',
    urgency: 'HIGH',
    hoursAgo: 1,
    state: 'REPORTED',
  },
  {
    owner: 'bedenkerveen',
    service: 'Wmo-loket',
    title: 'Wmo-aanvraag blijft hangen bij stap drie',
    impact: 'MEDIUM',
    urgency: 'HIGH',
    hoursAgo: 28,
    state: 'IN_PROGRESS',
  },
  {
    owner: 'bedenkerveen',
    service: 'Berichtenbox',
    title: 'Berichten tonen verkeerde afzender',
    impact: 'LOW',
    urgency: 'MEDIUM',
    hoursAgo: 90,
    state: 'RESOLVED',
  },
  {
    owner: 'bedenkerveen',
    reporter: 'linde',
    service: 'Berichtenbox',
    title: 'Wijkteam ontvangt geen meldingen meer',
    impact: 'MEDIUM',
    urgency: 'HIGH',
    hoursAgo: 6,
    state: 'ACKNOWLEDGED',
  },
];

/** Titles of what was settled in the weeks before, by service. */
export const pastTitles: readonly string[] = [
  'Traag antwoord in de ochtend',
  'Foutmelding bij opslaan',
  'Gebruiker kan niet inloggen',
  'Koppeling geeft time-out',
  'Certificaat bijna verlopen',
  'Dubbele regels in het overzicht',
  'Export mislukt',
  'Verkeerde datum in bericht',
  'Scherm blijft leeg na update',
  'Rechten ontbreken voor nieuwe medewerker',
];
