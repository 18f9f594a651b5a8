import createClient from "openapi-fetch";
import { authorization, tokenRefused } from "../state/token";
import type { paths } from "./api.gen";
import { problemOf } from "./problem";

/** Where the API is: beside the page, also below a proxy's prefix. Ends with a slash. */
export const root = new URL("..", document.baseURI).href;

/** The API of the document. */
export const api = createClient<paths>({ baseUrl: root.replace(/\/$/, ""), fetch: send });

/** Sends a request with the token. A 401 asks the user for another one. */
export async function send(request: Request): Promise<Response> {
  const shown = authorization();
  if (shown !== "") request.headers.set("Authorization", shown);
  const response = await fetch(request);
  if (response.status === 401) tokenRefused(shown);
  return response;
}

/** The answer, or a thrown Problem. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response.status, error);
  return data as T;
}

/** A key that makes a request harmless when it is sent again. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
}
