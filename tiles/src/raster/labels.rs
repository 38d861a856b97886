//! Icons and texts: which of them find room, the same way on both sides of a tile's edge.
//!
//! A text is written if no candidate that matters more comes into its way, whether or not that one is written itself. This
//! depends only on what lies around the text, so two tiles that see the same surroundings decide alike; taking turns would not.

use super::canvas::{Picture, Text};
use super::color::{Rgba, faded};
use super::expression::Scope;
use super::icons::Icons;
use super::pixels::{near, px};
use super::style::Rule;
use std::sync::Arc;

/// Room kept free around a text, style pixels.
const MARGIN_PX: f64 = 2.0;
/// Longest text that is written, style pixels: what is longer could not be seen whole by both tiles it crosses.
const LONGEST_PX: f64 = 200.0;
/// Texts considered in one tile; the least important beyond it are left out.
const MOST_TEXTS: usize = 4_000;

#[derive(Debug, Clone, Copy)]
struct Frame {
    min: [f64; 2],
    max: [f64; 2],
}

impl Frame {
    fn around(at: [f64; 2], half: f64) -> Self {
        Self { min: at.map(|axis| axis - half), max: at.map(|axis| axis + half) }
    }

    fn meets(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] < other.max[axis] && other.min[axis] < self.max[axis])
    }
}

struct Mark {
    at: [f64; 2],
    icon: Arc<str>,
    size: f64,
    opacity: f32,
}

struct Label {
    text: Text,
    frame: Frame,
    color: Rgba,
    halo: Option<(Rgba, f64)>,
    /// Rules drawn later matter more, then the lower sort key, then what stands further north-west on the whole map.
    importance: (usize, f64, [f64; 2]),
}

/// Marks and texts waiting for their place.
#[derive(Default)]
pub(super) struct Placing {
    marks: Vec<Mark>,
    obstacles: Vec<Frame>,
    labels: Vec<Label>,
}

impl Placing {
    /// Takes in the points of a feature.
    pub(super) fn add(&mut self, rule: &Rule, scope: &Scope<'_>, points: &[[i32; 2]], icons: &Icons, picture: &mut Picture<'_>) {
        for at in points.iter().copied().map(px) {
            self.add_mark(rule, scope, at, icons);
            self.add_label(rule, scope, at, picture);
        }
    }

    fn add_mark(&mut self, rule: &Rule, scope: &Scope<'_>, at: [f64; 2], icons: &Icons) {
        let Some((name, icon)) = rule.text("icon-image", scope).and_then(|name| Some((Arc::clone(&name), icons.icon(&name)?)))
        else {
            return;
        };
        let size = rule.amount("icon-size", scope, 1.0);
        self.obstacles.push(Frame::around(at, icon.size * size / 2.0));
        self.marks.push(Mark { at, icon: name, size, opacity: rule.amount("icon-opacity", scope, 1.0) as f32 });
    }

    fn add_label(&mut self, rule: &Rule, scope: &Scope<'_>, at: [f64; 2], picture: &mut Picture<'_>) {
        let Some(text) = rule.text("text-field", scope).filter(|text| !text.trim().is_empty()) else { return };
        let size = rule.amount("text-size", scope, 12.0).clamp(4.0, 64.0);
        let bold = matches!(rule.value("text-font", scope), Some(super::Val::List(fonts)) if matches!(fonts.first(), Some(super::Val::Text(font)) if font.ends_with("Bold")));
        let laid = picture.text(&text, size, bold);
        if laid.width > LONGEST_PX {
            return;
        }
        let [dx, dy] = match rule.numbers("text-offset", scope).as_deref() {
            Some([dx, dy]) => [dx * size, dy * size],
            _ => [0.0, 0.0],
        };
        let anchor = rule.text("text-anchor", scope);
        let anchor = anchor.as_deref().unwrap_or("center");
        let share = |low: &str, high: &str| match () {
            () if anchor.contains(low) => 0.0,
            () if anchor.contains(high) => 1.0,
            () => 0.5,
        };
        let min = [at[0] + dx - laid.width * share("left", "right"), at[1] + dy - laid.height * share("top", "bottom")];
        let frame = Frame {
            min: min.map(|axis| axis - MARGIN_PX),
            max: [min[0] + laid.width + MARGIN_PX, min[1] + laid.height + MARGIN_PX],
        };
        let color = rule.color("text-color", "text-opacity", scope).unwrap_or([0.0, 0.0, 0.0, 1.0]);
        let halo =
            rule.color("text-halo-color", "text-opacity", scope).map(|color| (color, rule.amount("text-halo-width", scope, 0.0)));
        let on_map = [at[0] + picture.origin[0], at[1] + picture.origin[1]].map(|axis| (axis * 16.0).round());
        let importance = (usize::MAX - rule.number, rule.amount("symbol-sort-key", scope, 0.0), [on_map[1], on_map[0]]);
        self.labels.push(Label { text: laid, frame, color, halo: halo.filter(|(_, width)| *width > 0.0), importance });
    }

    /// Draws the marks, then the texts that find room.
    pub(super) fn draw(mut self, icons: &Icons, picture: &mut Picture<'_>) {
        let side = picture.side_px();
        for mark in &self.marks {
            let Some(icon) = icons.icon(&mark.icon).filter(|icon| near(mark.at, icon.size * mark.size, side)) else { continue };
            picture.placed(mark.at, mark.size, |picture| {
                for part in &icon.paths {
                    if let Some(color) = part.fill {
                        picture.fill(&part.path, faded(color, mark.opacity));
                    }
                    if let Some((color, width)) = part.stroke {
                        picture.stroke(
                            &part.path,
                            faded(color, mark.opacity),
                            width,
                            vello_cpu::kurbo::Cap::Round,
                            vello_cpu::kurbo::Join::Round,
                        );
                    }
                }
            });
        }
        self.labels.sort_by(|a, b| order(&a.importance, &b.importance));
        self.labels.truncate(MOST_TEXTS);
        for (number, label) in self.labels.iter().enumerate() {
            let shows = label.frame.max.iter().all(|axis| *axis > 0.0) && label.frame.min.iter().all(|axis| *axis < side);
            // A text may stand beside its own mark: marks under its anchor are touched, not covered.
            let free = || {
                self.labels[..number].iter().all(|other| !other.frame.meets(&label.frame))
                    && self.obstacles.iter().all(|mark| !mark.meets(&label.frame))
            };
            if shows && free() {
                let at = label.frame.min.map(|axis| axis + MARGIN_PX);
                picture.write(&label.text, at, label.color, label.halo);
            }
        }
    }
}

fn order(a: &(usize, f64, [f64; 2]), b: &(usize, f64, [f64; 2])) -> std::cmp::Ordering {
    let position = |at: &[f64; 2], other: &[f64; 2]| at[0].total_cmp(&other[0]).then(at[1].total_cmp(&other[1]));
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(|| position(&a.2, &b.2))
}
