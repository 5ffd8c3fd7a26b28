import { demoIdentitiesUrl, readPersonas } from './personas.js';

const state = document.querySelector('#state');
const list = document.querySelector('#personas');

if (demoIdentitiesUrl) {
  try {
    const personas = await readPersonas();
    const names = new Map(personas.map(({ participant, participantName }) => [participant, participantName]));
    for (const [participant, participantName] of names) {
      const heading = document.createElement('h3');
      heading.textContent = participantName;
      const items = document.createElement('ul');
      items.className = 'personas';
      items.append(...personas.filter((one) => one.participant === participant).map(item));
      list.append(heading, items);
    }
    state.textContent = '';
  } catch {
    state.textContent = 'De demo-gebruikers zijn nu niet bereikbaar.';
  }
}

function item({ key, name, role }) {
  const button = document.createElement('button');
  button.type = 'button';
  const roleText = document.createElement('span');
  roleText.className = 'role';
  roleText.textContent = role;
  button.append(name, roleText);
  button.addEventListener('click', () => {
    sessionStorage.setItem('kortelijn.persona', key);
    sessionStorage.removeItem('kortelijn.token');
    location.href = '/explorer';
  });
  const li = document.createElement('li');
  li.append(button);
  return li;
}
