import { signal } from "@preact/signals";

const key = "parley.token";

function stored(): string {
  return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? "";
}

const token = signal(stored());

/** Whether the server wants a token that the user has not given yet, and whether it has refused one. */
export const tokenWanted = signal<"no" | "wanted" | "wrong">("no");

/** The Authorization header; empty while there is no token. */
export function authorization(): string {
  return token.value === "" ? "" : `Bearer ${token.value}`;
}

/** Keeps a token until the page is closed, or until it is changed. */
export function enterToken(value: string, remember: boolean): void {
  forgetToken();
  token.value = value.trim();
  (remember ? localStorage : sessionStorage).setItem(key, token.value);
  tokenWanted.value = "no";
}

/** Notes that the server refused what a request showed. A request that was sent before the token changed says nothing of it. */
export function tokenRefused(shown: string): void {
  if (shown !== authorization()) return;
  tokenWanted.value = shown === "" ? "wanted" : "wrong";
}

/** Forgets the token, here and in the browser. */
export function forgetToken(): void {
  token.value = "";
  sessionStorage.removeItem(key);
  localStorage.removeItem(key);
}
