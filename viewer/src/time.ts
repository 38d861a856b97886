// The time bar: histogram, slider, steps, play, typed date, and what was known then.

import { button, el, redraw, svg } from "./dom";
import { instant, type Store } from "./state";
import { day, say } from "./words";
import type { World } from "./world";

const DAY_S = 86_400;
// Noon: a day is shown as it was in its middle.
const NOON_S = DAY_S / 2;
const FRAME_MS = 700;

export class TimeBar {
  readonly element = el("section", { class: "time" });
  private readonly first: number;
  private readonly days: number;
  private playing = false;
  private slider = el("input", { type: "range" });
  private typed = el("input", { type: "date" });
  private known = el("input", { type: "checkbox" });
  private playButton = el("button");
  private readout = el("output");

  constructor(
    private readonly world: World,
    private readonly store: Store,
    // Resolves when the asked day is on the screen: playing waits for it and never skips a day.
    private readonly drawn: () => Promise<void>,
  ) {
    this.first = seconds(world.range?.from);
    this.days = Math.max(1, Math.round((seconds(world.range?.to) - this.first) / DAY_S));
    this.build();
    store.onChange((state, before) => {
      if (state.language !== before.language) redraw(this.element, () => this.build());
      else if (state.at !== before.at || state.then !== before.then) this.update();
    });
  }

  step(by: number): void {
    this.go(Math.min(this.days - 1, Math.max(0, this.position() + by)));
  }

  toggle(): void {
    this.playing = !this.playing;
    this.update();
    if (this.playing) void this.play();
  }

  private async play(): Promise<void> {
    if (this.position() >= this.days - 1) this.go(0);
    while (this.playing && this.position() < this.days - 1) {
      const shown = this.drawn();
      this.step(1);
      await Promise.all([shown, new Promise((resolve) => setTimeout(resolve, FRAME_MS))]);
    }
    this.playing = false;
    this.update();
  }

  private position(): number {
    return Math.floor(((this.store.get().at ?? this.first) - this.first) / DAY_S);
  }

  private go(position: number): void {
    this.store.set({ at: this.first + position * DAY_S + NOON_S });
  }

  private build(): void {
    this.slider = el("input", { type: "range", min: 0, max: this.days - 1, step: 1, "aria-label": say("date"), "data-key": "slider" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    const last = instant(this.first + (this.days - 1) * DAY_S).slice(0, 10);
    this.typed = el("input", { type: "date", min: instant(this.first).slice(0, 10), max: last, "aria-label": say("date"), "data-key": "typed" });
    // Half a date is no date yet, and nothing is written into the field while somebody writes there.
    this.typed.addEventListener("input", () => {
      const at = Date.parse(this.typed.value) / 1000;
      if (!Number.isNaN(at) && this.typed.validity.valid) this.go(Math.floor((at - this.first) / DAY_S));
    });
    this.typed.addEventListener("blur", () => this.write());
    this.typed.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.write();
    });
    this.known = el("input", { type: "checkbox" });
    this.known.addEventListener("change", () => this.store.set({ then: this.known.checked }));
    this.playButton = button("", say("play"), () => this.toggle(), "play");
    this.readout = el("output", { class: "day", "aria-live": "polite" });
    this.element.replaceChildren(
      el(
        "div",
        { class: "buttons" },
        button("‹", say("day_before"), () => this.step(-1), "before"),
        this.playButton,
        button("›", say("day_after"), () => this.step(1), "after"),
        this.readout,
        this.typed,
        el("label", { class: "then", title: say("then_hint") }, this.known, say("then")),
      ),
      el("div", { class: "track" }, this.histogram(), this.slider),
      this.axis(),
    );
    this.element.setAttribute("aria-label", say("date"));
    this.update();
  }

  private update(): void {
    const at = this.store.get().at ?? this.first;
    const words = day(instant(at));
    this.slider.value = String(this.position());
    this.slider.setAttribute("aria-valuetext", words);
    if (document.activeElement !== this.typed) this.write();
    this.known.checked = this.store.get().then;
    this.readout.textContent = words;
    const title = say(this.playing ? "pause" : "play");
    this.playButton.textContent = this.playing ? "❚❚" : "▶";
    this.playButton.setAttribute("aria-label", title);
    this.playButton.title = title;
    for (const [position, bar] of this.element.querySelectorAll(".bar").entries()) {
      bar.classList.toggle("now", Math.floor((position * this.binDays() * DAY_S) / DAY_S) === this.position());
    }
  }

  private write(): void {
    this.typed.value = instant(this.store.get().at ?? this.first).slice(0, 10);
  }

  private binDays(): number {
    return (this.world.histogram?.step_s ?? DAY_S) / DAY_S;
  }

  private histogram(): SVGElement {
    const counts = this.world.histogram?.counts ?? [];
    const most = Math.max(1, ...counts);
    const width = 100 / Math.max(1, counts.length);
    const bars = counts.map((count, position) => {
      const height = count === 0 ? 0.6 : 4 + (26 * count) / most;
      const place = { x: position * width + width * 0.12, y: 30 - height, width: width * 0.76, height };
      return svg("rect", { class: count === 0 ? "bar none" : "bar", ...place });
    });
    const frame = { viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img", "aria-label": say("histogram") };
    return svg("svg", frame, ...bars);
  }

  // The first of each month under the slider.
  private axis(): HTMLElement {
    const axis = el("div", { class: "axis", "aria-hidden": "true" });
    const month = new Intl.DateTimeFormat(this.store.get().language, { month: "short", timeZone: "UTC" });
    for (let position = 0; position < this.days; position += 1) {
      const date = new Date((this.first + position * DAY_S) * 1000);
      if (date.getUTCDate() !== 1) continue;
      const mark = el("span", {}, `1 ${month.format(date)}`);
      mark.style.insetInlineStart = `${(100 * position) / Math.max(1, this.days - 1)}%`;
      axis.append(mark);
    }
    return axis;
  }
}

const seconds = (text: string | undefined) => Date.parse(text ?? "1970-01-01") / 1000;
