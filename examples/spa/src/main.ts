// The page: what is shown, and what the buttons do.
import { callApi } from "./api.js";
import { calls } from "./calls.js";
import { finishLogin, type LoginTerms, type Session, startLogin } from "./login.js";
import { fetchSettings, type Settings } from "./settings.js";
import { showAnswer, showCalls, showFacts, showFailure, showLogin } from "./view.js";

async function start(): Promise<void> {
  const settings = await fetchSettings();
  showFacts(settings);
  const returned = await finishLogin(settings).catch((error: unknown) => void showFailure(error));
  const page = new Page(settings, returned?.session, returned?.terms.dpop ?? false);
  page.show();
  if (returned?.terms.repeat !== undefined) await page.call(returned.terms.repeat);
}

class Page {
  readonly #settings: Settings;
  #session: Session | undefined;
  #dpop: boolean;

  constructor(settings: Settings, session: Session | undefined, dpop: boolean) {
    this.#settings = settings;
    this.#session = session;
    this.#dpop = dpop;
  }

  show(): void {
    showLogin(this.#session, this.#dpop, {
      logIn: (dpop) => this.#logIn({ dpop }),
      forget: () => {
        this.#session = undefined;
        this.show();
      },
    });
    showCalls(calls, (path) => this.call(path));
  }

  async call(path: string): Promise<void> {
    try {
      const answer = await callApi(this.#settings, path, this.#session);
      showAnswer(path, answer, (stepUp) => this.#stepUp(path, stepUp));
    } catch (error) {
      showFailure(error);
    }
  }

  /** A new login of the same person, as strong and as fresh as the API demands (RFC 9470 §4). */
  #stepUp(path: string, stepUp: Readonly<Record<string, string>>): Promise<void> {
    const hint = this.#session?.subject;
    return this.#logIn({ dpop: this.#dpop, stepUp, repeat: path, ...(hint && { hint }) });
  }

  async #logIn(terms: LoginTerms): Promise<void> {
    this.#dpop = terms.dpop;
    await startLogin(this.#settings, terms).catch(showFailure);
  }
}

await start().catch(showFailure);
