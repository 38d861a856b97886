// What is selected: its card, its mark on the map, its place in the address.

import { card } from "./details";
import { el, redraw } from "./dom";
import type { Hit, MapView } from "./map";
import { type Selected, type Store, timeQuery } from "./state";
import { titleOf } from "./words";
import { find, type LayerInfo, read, type World } from "./world";

interface Found {
  type: string;
  properties: Record<string, unknown>;
}

interface Ways {
  failed(reason: unknown): void;
  // The server has nothing of that name on this day.
  missing(id: string): void;
}

export class Cards {
  readonly element = el("div", { class: "cards", "aria-live": "polite" });
  private hits: Hit[] = [];
  private position = 0;
  private placed = false;
  // What had the focus when a card was opened from it, and gets it back.
  private opener: HTMLElement | null = null;

  constructor(
    private readonly world: World,
    private readonly store: Store,
    private readonly map: MapView,
    private readonly ways: Ways,
  ) {
    store.onChange((state, before) => {
      if (state.language !== before.language) this.draw();
      const hit = this.hits[this.position];
      if (hit && timeQuery(state) !== timeQuery(before)) void this.fill(hit);
    });
  }

  // Features under a click, and where that was.
  async clicked(hits: Hit[], pixel: number[]): Promise<void> {
    if (hits.length === 0) return this.close();
    this.opener = null;
    this.hits = hits;
    this.position = 0;
    if (await this.show()) this.map.reveal(pixel);
  }

  // A feature of the address.
  async open({ layer, id }: Selected): Promise<void> {
    this.hits = [{ layer, id, properties: {} }];
    this.position = 0;
    if (await this.show()) this.map.reveal();
  }

  // A feature of a list: the card takes the focus until it is closed.
  async choose(selected: Selected, opener: HTMLElement): Promise<void> {
    this.hits = [{ ...selected, properties: {} }];
    this.position = 0;
    if (!(await this.show())) return;
    this.opener = opener;
    this.element.querySelector<HTMLElement>(".card")?.focus({ preventScroll: true });
    this.map.zoomToChosen();
  }

  close(): void {
    const held = this.element.contains(document.activeElement);
    this.hits = [];
    this.element.replaceChildren();
    this.map.highlight(null);
    if (this.store.get().selected) this.store.set({ selected: null });
    if (held) (this.opener?.isConnected ? this.opener : this.map.element).focus();
    this.opener = null;
  }

  private async show(): Promise<boolean> {
    const hit = this.hits[this.position];
    if (!hit) return false;
    this.store.set({ selected: { layer: hit.layer, id: hit.id } });
    return this.fill(hit);
  }

  // The whole record, because a tile carries only what drawing needs, and as it is on the asked day: on another its phase may
  // differ, or it may not hold any more.
  private async fill(hit: Hit): Promise<boolean> {
    const query = timeQuery(this.store.get());
    try {
      const feature = await this.find(hit, query);
      // The reader may have gone on in the meantime.
      if (this.hits[this.position] !== hit || timeQuery(this.store.get()) !== query) return false;
      if (!feature) {
        this.close();
        this.ways.missing(hit.id);
        return false;
      }
      hit.properties = feature.properties;
      this.placed = this.map.highlight(feature);
      this.draw();
      return true;
    } catch (reason) {
      this.ways.failed(reason);
      return false;
    }
  }

  private async find({ layer, id }: Hit, query: string): Promise<Found | undefined> {
    const items = `collections/${layer}/items`;
    if (query) return (await read<{ features: Found[] }>(`${items}${query}&id=${encodeURIComponent(id)}`)).features[0];
    // Without times there is no day on which it may not hold.
    return find<Found>(`${items}/${encodeURIComponent(id)}`);
  }

  private draw(): void {
    const hit = this.hits[this.position];
    if (!hit) return;
    const layer = this.world.layers.find(({ name }) => name === hit.layer) as LayerInfo;
    const turn = (by: number) => {
      this.position = (this.position + by + this.hits.length) % this.hits.length;
      void this.show();
    };
    const subject = { hit, position: this.position, count: this.hits.length, domain: layer.kind === "domain", placed: this.placed, unnamed: titleOf(layer) };
    const actions = { close: () => this.close(), zoomTo: () => this.map.zoomToChosen(), turn };
    redraw(this.element, () => this.element.replaceChildren(card(subject, actions)));
  }
}
