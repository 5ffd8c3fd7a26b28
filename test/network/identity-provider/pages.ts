/** The two pages of the demo's identity provider. Plain HTML, no script, nothing from elsewhere. */
import { createHash } from 'node:crypto';
import type { IdentityParticipant } from './personas.ts';

const style = `
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #f6f6f6 }
.banner { background: #ffe9a8; padding: .5rem 1rem; font-weight: 600; text-align: center }
main { max-width: 34rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem }
ul { list-style: none; padding: 0; display: grid; gap: .5rem }
button { width: 100%; min-height: 3rem; padding: .75rem 1rem; font: inherit; text-align: start; background: #fff;
  color: inherit; border: 2px solid #20568c; border-radius: .25rem; cursor: pointer }
button:hover, button:focus-visible { background: #20568c; color: #fff; outline: 3px solid #111; outline-offset: 2px }
.role { display: block; font-size: .875rem }
`;

/** Only this style runs; where a form leads after it was sent is left open, for it ends at the application. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const roleNames: Readonly<Record<string, string>> = {
  SERVICEMANAGER: 'servicemanager',
  SERVICEDESK: 'servicedesk',
  HELPDESK: 'helpdesk',
  FOUNDATION: 'stichting',
  MEDIATOR: 'bemiddelaar',
  MONITOR: 'bewaking',
};

export function choosePage({ name, personas }: IdentityParticipant, action: string): string {
  const items = personas.map(({ subject, name: personName, roles }) => {
    const role = roles.map((one) => roleNames[one] ?? one.toLowerCase()).join(', ');
    return `<li><form method="post" action="${escapeHtml(action)}"><button name="persona" value="${escapeHtml(subject)}">
${escapeHtml(personName)}<span class="role">${escapeHtml(role)} bij ${escapeHtml(name)}</span></button></form></li>`;
  });
  return page(
    `Kies een demo-gebruiker`,
    `<p>U logt in bij ${escapeHtml(name)}. Er is geen wachtwoord.</p><ul>${items.join('\n')}</ul>`,
  );
}

export function errorPage(code: string, description: string): string {
  return page('Inloggen is niet gelukt', `<p>${escapeHtml(description)}</p><p><code>${escapeHtml(code)}</code></p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body><p class="banner" role="note">demo-identiteit: deze personen bestaan niet</p><main><h1>${title}</h1>
${content}</main></body></html>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
