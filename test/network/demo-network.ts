/**
 * The fictional network of the demo: who takes part, who works there, what they serve.
 * Everything here is made up; mail domains end in `.example` and telephone numbers cannot be dialled.
 */

export interface Persona {
  readonly key: string;
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface Program {
  readonly clientId: string;
  readonly name: string;
  readonly scope: string;
}

export interface DemoParticipant {
  readonly id: string;
  readonly name: string;
  readonly legalName: string;
  readonly kind: string;
  readonly cooperationModel: 1 | 2 | 3 | null;
  readonly services: readonly string[];
  readonly teams: readonly { readonly name: string; readonly line: 1 | 2 | 3; readonly organisationLine: string }[];
  readonly personas: readonly Persona[];
  readonly programs: readonly Program[];
}

const staff = (participant: string, manager: string, desk: string, helpdesk: string): Persona[] => [
  { key: 'manager', subject: `${participant}-manager`, name: manager, roles: ['SERVICEMANAGER'] },
  { key: 'desk', subject: `${participant}-desk`, name: desk, roles: ['SERVICEDESK'] },
  { key: 'helpdesk', subject: `${participant}-helpdesk`, name: helpdesk, roles: ['HELPDESK'] },
];

const importer = (participant: string): Program => ({
  clientId: `${participant}-import`,
  name: `Import ${participant}`,
  scope: 'incidents:read incidents:write import',
});

const teams = (organisationLine: string) =>
  [
    { name: 'Servicedesk', line: 1, organisationLine },
    { name: 'Applicatiebeheer', line: 2, organisationLine },
    { name: 'Leveranciersregie', line: 3, organisationLine },
  ] as const;

export const foundationId = 'voorbeeld';

export const demoParticipants: readonly DemoParticipant[] = [
  {
    id: 'voorbeeld',
    name: 'Stichting Voorbeeldnet',
    legalName: 'Stichting Voorbeeldnet',
    kind: 'FOUNDATION',
    cooperationModel: null,
    services: ['Register Voorbeeldnet'],
    teams: teams('Register'),
    personas: [
      { key: 'manager', subject: 'voorbeeld-manager', name: 'Hugo Registerman', roles: ['SERVICEMANAGER'] },
      { key: 'desk', subject: 'voorbeeld-desk', name: 'Noor Balie', roles: ['SERVICEDESK'] },
      { key: 'foundation', subject: 'voorbeeld-foundation', name: 'Ilse Overweg', roles: ['FOUNDATION'] },
      { key: 'mediator', subject: 'voorbeeld-mediator', name: 'mr. Teun Onpartijdig', roles: ['MEDIATOR'] },
    ],
    programs: [importer('voorbeeld')],
  },
  {
    id: 'fictiviteit',
    name: 'PGO-huis Fictiviteit',
    legalName: 'PGO-huis Fictiviteit B.V.',
    kind: 'PERSONAL_HEALTH_ENVIRONMENT',
    cooperationModel: 2,
    services: ['Verzamelen', 'Delen', 'Inloggen'],
    teams: teams('Fictiviteit'),
    personas: staff('fictiviteit', 'Farah Vinkenburg', 'Daan Meldpunt', 'Sofie Vraagbaak'),
    programs: [importer('fictiviteit'), { clientId: 'bord-bouwer', name: 'Bordbouwer', scope: 'incidents:read' }],
  },
  {
    id: 'linde',
    name: 'Dorpszorg De Verzonnen Linde',
    legalName: 'Coöperatie Dorpszorg De Verzonnen Linde U.A.',
    kind: 'CARE_COOPERATIVE',
    cooperationModel: 1,
    services: ['Dossier ontsluiten', 'Afspraken', 'Berichten'],
    teams: teams('Linde'),
    personas: staff('linde', 'Mara Lindeboom', 'Joris Korteweg', 'Anke Luisterrijk'),
    programs: [importer('linde')],
  },
  {
    id: 'niemandsland',
    name: 'Thuiszorg Niemandsland',
    legalName: 'Stichting Thuiszorg Niemandsland',
    kind: 'HOME_CARE',
    cooperationModel: 2,
    services: ['Planning', 'Dossier ontsluiten'],
    teams: teams('Niemandsland'),
    personas: staff('niemandsland', 'Ruben Grensloos', 'Tess Overdracht', 'Wim Aanhoor'),
    programs: [importer('niemandsland')],
  },
  {
    id: 'denkbeeld',
    name: 'Arbonetwerk Denkbeeld',
    legalName: 'Arbonetwerk Denkbeeld Coöperatie U.A.',
    kind: 'OCCUPATIONAL_HEALTH',
    cooperationModel: 1,
    services: ['Spreekuur', 'Verzuimberichten'],
    teams: teams('Denkbeeld'),
    personas: staff('denkbeeld', 'Yara Denkers', 'Bram Signaal', 'Lotte Antwoord'),
    programs: [importer('denkbeeld')],
  },
  {
    id: 'nergenshuizen',
    name: 'SSC Nergenshuizen',
    legalName: 'Shared Service Centrum Nergenshuizen',
    kind: 'SHARED_SERVICE_CENTRE',
    cooperationModel: 3,
    services: ['Werkplek', 'Salarisadministratie', 'Netwerk'],
    teams: teams('Nergenshuizen'),
    personas: staff('nergenshuizen', 'Karel Nergens', 'Fleur Ticket', 'Id Bereikbaar'),
    programs: [importer('nergenshuizen')],
  },
  {
    id: 'bedenkerveen',
    name: 'Gemeente Bedenkerveen',
    legalName: 'Gemeente Bedenkerveen',
    kind: 'MUNICIPALITY',
    cooperationModel: 3,
    services: ['Wmo-loket', 'Berichtenbox'],
    teams: teams('Bedenkerveen'),
    personas: staff('bedenkerveen', 'Olga Raadhuis', 'Sven Balieman', 'Mies Inwoner'),
    programs: [importer('bedenkerveen')],
  },
];
