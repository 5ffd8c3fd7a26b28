/** The bar above Altair: who asks. Altair itself starts in the frame, from start-altair.js. */
import { demoIdentitiesUrl, readPersonas, tokenFor } from './personas.js';

const picker = document.querySelector('#persona');
const token = document.querySelector('#token');
const state = document.querySelector('#state');
const frame = document.querySelector('#altair');

document.querySelector('#apply').addEventListener('click', () => open(token.value.trim()));

if (demoIdentitiesUrl) {
  try {
    const personas = await readPersonas();
    picker.append(...personas.map(option));
    picker.value = sessionStorage.getItem('kortelijn.persona') ?? picker.options[0]?.value;
    if (picker.selectedIndex < 0) picker.selectedIndex = 0;
    const choose = async () => {
      sessionStorage.setItem('kortelijn.persona', picker.value);
      token.value = await tokenFor(personas.find(({ key }) => key === picker.value));
      open(token.value);
    };
    picker.addEventListener('change', () => void choose().catch(failed));
    await choose();
  } catch {
    failed();
    open('');
  }
} else {
  state.textContent = 'Plak een toegangstoken van uw eigen deelnemer.';
  open(sessionStorage.getItem('kortelijn.token') ?? '');
}

function open(value) {
  sessionStorage.setItem('kortelijn.token', value);
  frame.src = `/explorer/altair/?${Date.now()}`;
}

function failed() {
  state.textContent = 'De demo-gebruikers zijn nu niet bereikbaar.';
}

function option({ key, participantName, name, role }) {
  const element = document.createElement('option');
  element.value = key;
  element.textContent = `${name}, ${role} bij ${participantName}`;
  return element;
}
