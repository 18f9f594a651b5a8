import { createRoot } from 'react-dom/client';
import { Chat } from './chat';
import { load, reason } from './session';

const page = createRoot(document.getElementById('page')!);
load().then(
  (said) => page.render(<Chat said={said} />),
  (error) => page.render(<p role="alert">{reason(error)}</p>),
);
