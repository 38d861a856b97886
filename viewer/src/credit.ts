// Whom to credit and what not to read into the map, in its corner; the whole disclaimer behind a button.

import { el } from "./dom";
import { day, say, told } from "./words";
import { instant, type State, type Store } from "./state";
import type { World } from "./world";

export class Credit {
  readonly element = el("section", { class: "credit" });
  private readonly whole = el("p", { id: "disclaimer", hidden: true });
  private readonly words = el("p");
  private readonly toggle = el("button", { type: "button", "aria-expanded": "false", "aria-controls": "disclaimer" }, "i");

  constructor(
    private readonly world: World,
    store: Store,
  ) {
    this.toggle.addEventListener("click", () => {
      this.whole.hidden = !this.whole.hidden;
      this.toggle.setAttribute("aria-expanded", String(!this.whole.hidden));
    });
    this.element.append(this.whole, el("div", {}, this.words, world.disclaimer !== null && this.toggle));
    store.onChange((state) => this.update(state));
    this.update(store.get());
  }

  private update(state: State): void {
    this.element.setAttribute("aria-label", say("about_map"));
    this.toggle.setAttribute("aria-label", say("about_map"));
    this.toggle.title = say("about_map");
    const caution = this.world.disclaimer === null ? [] : [say("approximate")];
    this.words.textContent = [...caution, ...credits(this.world, state.layers)].join(" | ");
    this.whole.textContent = [disclaimer(this.world, state), ...credits(this.world, state.layers)].join(" ");
  }
}

// Attributions of the basemap and of some layers, each once.
export function credits(world: World, layers: ReadonlySet<string>): string[] {
  const texts = [world.basemap?.attribution, ...world.layers.filter(({ name }) => layers.has(name)).map(({ attribution }) => attribution)];
  return [...new Set(texts.filter((text) => text !== undefined && text !== ""))] as string[];
}

// The disclaimer of the data set with its dates in words.
export function disclaimer(world: World, state: State): string {
  const now = Date.now() / 1000;
  const known = state.then && state.at !== null ? state.at : now;
  const date = (seconds: number) => day(instant(Math.floor(seconds)));
  const [text] = told(world.disclaimer, world.disclaimer_fr);
  return text.replace("{at}", date(state.at ?? now)).replace("{known_at}", date(known));
}
