/** The pages that need no login: what this is, and the explorer. Nothing on them comes from another host. */
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getDistDirectory, renderAltair } from 'altair-static';
import { createStaticFolder } from './static.ts';

export interface PagesOptions {
  /** The demo's identity provider; undefined outside the demo. */
  readonly demoIdentitiesUrl: string | undefined;
  /** The built web app; undefined when there is none. */
  readonly webFolder: string | undefined;
}

export interface Pages {
  /** Answers when the path is one of these pages or a file of them. */
  serve(path: string, response: ServerResponse): boolean;
}

const folder = fileURLToPath(new URL('./explorer/', import.meta.url));
const altairPath = '/explorer/altair/';

export function createPages({ demoIdentitiesUrl, webFolder }: PagesOptions): Pages {
  const connections = demoIdentitiesUrl === undefined ? "'self'" : `'self' ${new URL(demoIdentitiesUrl).origin}`;
  const ownPolicy = policy({
    'script-src': "'self'",
    'style-src': "'self'",
    'connect-src': connections,
    'frame-src': "'self'",
    'img-src': "'self'",
  });
  // Altair sets styles on elements and highlights in a worker; it runs no text as script and reaches no other host.
  const altairPolicy = policy({
    'script-src': "'self'",
    'style-src': "'self' 'unsafe-inline'",
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    'worker-src': "'self' blob:",
    'frame-src': "'self'",
    'base-uri': "'self'",
    'frame-ancestors': "'self'",
  });
  const pages = new Map([
    ['/', { html: page('landing.html', demoIdentitiesUrl, webFolder !== undefined), policy: ownPolicy }],
    ['/explorer', { html: page('explorer.html', demoIdentitiesUrl, false), policy: ownPolicy }],
    [altairPath, { html: altairPage(), policy: altairPolicy }],
  ]);
  const queries = JSON.stringify(readQueries());
  const altair = createStaticFolder(getDistDirectory(), altairPath);
  const own = createStaticFolder(join(folder, 'files'), '/explorer/');
  const web = webFolder === undefined ? undefined : createStaticFolder(webFolder, '/app/');

  return {
    serve(path, response) {
      const found = pages.get(path);
      if (found !== undefined) {
        response.writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': found.policy,
          'cache-control': 'no-store',
        });
        response.end(found.html);
        return true;
      }
      if (path === '/explorer/queries.json') {
        response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
        response.end(queries);
        return true;
      }
      if (path === '/explorer/') return redirect(response, '/explorer');
      if (path.startsWith('/app')) {
        response.setHeader('content-security-policy', ownPolicy);
        if (web?.serve(path, response)) return true;
        // The web app has addresses of its own below /app/; each opens the same page.
        return !/\.\w+$/.test(path) && (web?.serve('/app/index.html', response) ?? false);
      }
      if (path.startsWith(altairPath)) {
        response.setHeader(
          'content-security-policy',
          path.includes('/iframe-sandbox/') ? 'sandbox allow-scripts' : altairPolicy,
        );
        return altair.serve(path, response);
      }
      return own.serve(path, response);
    },
  };
}

function redirect(response: ServerResponse, location: string): true {
  response.writeHead(308, { location });
  response.end();
  return true;
}

function policy(directives: Readonly<Record<string, string>>): string {
  const closed = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries({ ...closed, ...directives })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

function page(name: string, demoIdentitiesUrl: string | undefined, hasWebApp: boolean): string {
  return readFileSync(join(folder, name), 'utf8')
    .replace('data-demo-identities=""', `data-demo-identities="${escapeAttribute(demoIdentitiesUrl ?? '')}"`)
    .replaceAll('data-if-demo', demoIdentitiesUrl === undefined ? 'hidden' : '')
    .replaceAll('data-if-web', hasWebApp ? '' : 'hidden');
}

function altairPage(): string {
  const html = renderAltair({
    baseURL: altairPath,
    serveInitialOptionsInSeperateRequest: '../start-altair.js',
    disableAccount: true,
  });
  return html.replace('nonce=""', '').replace('nonce=""', '');
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** The first comment of a file is what it is called in the explorer. */
function readQueries(): readonly { readonly name: string; readonly title: string; readonly query: string }[] {
  const queries = join(folder, 'queries');
  return readdirSync(queries)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => {
      const query = readFileSync(join(queries, file), 'utf8');
      return { name: basename(file, '.graphql'), title: /^# *(.+)$/m.exec(query)?.[1] ?? file, query };
    });
}
