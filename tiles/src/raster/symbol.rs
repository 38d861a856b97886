//! One symbol before it is placed: an icon, a text, and the spots around its point where the text may stand.

use super::canvas::{Lettering, Picture, Text};
use super::color::Rgba;
use super::expression::{Scope, Val};
use super::icons::Icons;
use super::style::Rule;
use std::cmp::Ordering;
use std::sync::Arc;

/// Room kept free around a text, style pixels.
const MARGIN_PX: f64 = 2.0;
/// Longest text that is written, style pixels. What shows depends on five texts in a row at most (itself, a rival, what the rival
/// keeps off, each to either side), with their margins and offsets: they must fit in what a tile sees around itself.
const LONGEST_PX: f64 = 100.0;
/// A line of letters reaches above its capitals and below its baseline: texts above and below a point move closer by so many ems.
const LEADING_EM: f64 = 0.29;

/// So much further out, in ems, texts stand a second time around their point: clear of a report that lies on it.
const OUTER_RING_EM: f64 = 0.8;

/// An upright box, style pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) min: [f64; 2],
    pub(super) max: [f64; 2],
}

impl Frame {
    fn around(at: [f64; 2], half: f64) -> Self {
        Self { min: at.map(|axis| axis - half), max: at.map(|axis| axis + half) }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] < other.max[axis] && other.min[axis] < self.max[axis])
    }

    /// Whether it shows in a picture of a size.
    pub(super) fn shows(&self, size: [f64; 2]) -> bool {
        self.meets(&Self { min: [0.0; 2], max: size })
    }
}

/// An icon at its place.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) icon: Arc<str>,
    pub(super) size: f64,
    pub(super) opacity: f32,
    pub(super) frame: Frame,
    /// Drawn whatever stands there.
    pub(super) is_firm: bool,
}

/// A place for a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// The text with its margin.
    pub(super) frame: Frame,
    /// Where its shorter lines stand: 0 left, 1 right.
    pub(super) flush: f64,
}

impl Spot {
    /// Top left of the text.
    pub(super) fn corner(&self) -> [f64; 2] {
        self.frame.min.map(|axis| axis + MARGIN_PX)
    }
}

/// A text and its spots, the best first.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) words: Arc<str>,
    pub(super) text: Text,
    pub(super) spots: Vec<Spot>,
    pub(super) color: Rgba,
    pub(super) halo: Option<(Rgba, f64)>,
    /// The icon is drawn even if the text finds no room.
    pub(super) is_optional: bool,
    /// Written on its icon whatever stands there.
    pub(super) is_firm: bool,
}

/// What a point of a feature shows.
#[derive(Debug)]
pub(super) struct Symbol {
    pub(super) at: [f64; 2],
    /// Rules drawn later matter more, then the lower sort key, then what stands further north-west on the whole map.
    importance: (usize, f64, [f64; 2]),
    pub(super) mark: Option<Mark>,
    pub(super) label: Option<Label>,
}

impl Symbol {
    /// The symbol of a rule at a place of the picture; `None` if it shows nothing.
    pub(super) fn new(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], icons: &Icons, picture: &mut Picture<'_>) -> Option<Self> {
        let label = label(rule, scope, at, picture);
        let mark = mark(rule, scope, at, icons, label.as_ref());
        let on_map = [at[0] + picture.origin[0], at[1] + picture.origin[1]].map(|axis| (axis * 16.0).round());
        let importance = (usize::MAX - rule.number, rule.amount("symbol-sort-key", scope, 0.0), [on_map[1], on_map[0]]);
        (mark.is_some() || label.is_some()).then_some(Self { at, importance, mark, label })
    }

    /// The more important one first.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.importance, &other.importance);
        let position = || a.2[0].total_cmp(&b.2[0]).then(a.2[1].total_cmp(&b.2[1]));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(position)
    }
}

fn mark(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], icons: &Icons, label: Option<&Label>) -> Option<Mark> {
    let name = rule.text("icon-image", scope)?;
    let size = rule.amount("icon-size", scope, 1.0);
    let frame = Frame::around(at, icons.icon(&name)?.size * size / 2.0);
    let is_firm = rule.is_true("icon-allow-overlap", scope) && label.is_none_or(|label| label.is_optional || label.is_firm);
    Some(Mark { icon: name, size, opacity: rule.amount("icon-opacity", scope, 1.0) as f32, frame, is_firm })
}

fn label(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], picture: &mut Picture<'_>) -> Option<Label> {
    let words = rule.text("text-field", scope).filter(|words| !words.trim().is_empty())?;
    let size = rule.amount("text-size", scope, 12.0).clamp(4.0, 64.0);
    let bold = matches!(rule.value("text-font", scope), Some(Val::List(fonts)) if matches!(fonts.first(), Some(Val::Text(font)) if font.ends_with("Bold")));
    let widest = size * rule.amount("text-max-width", scope, 10.0).clamp(1.0, 100.0);
    let text = picture.text(&words, Lettering { size, bold, widest });
    if text.width > LONGEST_PX {
        return None;
    }
    let color = rule.color("text-color", "text-opacity", scope).unwrap_or([0.0, 0.0, 0.0, 1.0]);
    let halo =
        rule.color("text-halo-color", "text-opacity", scope).map(|color| (color, rule.amount("text-halo-width", scope, 0.0)));
    Some(Label {
        spots: spots(rule, scope, at, size, &text),
        words,
        text,
        color,
        halo: halo.filter(|(_, width)| *width > 0.0),
        is_optional: rule.is_true("text-optional", scope),
        is_firm: rule.is_true("text-allow-overlap", scope),
    })
}

fn spots(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], size: f64, text: &Text) -> Vec<Spot> {
    if let Some(Val::List(anchors)) = rule.value("text-variable-anchor", scope) {
        let radius = rule.amount("text-radial-offset", scope, 0.0);
        let names = || anchors.iter().filter_map(|anchor| if let Val::Text(name) = anchor { Some(name) } else { None });
        let rings = [radius, radius + OUTER_RING_EM];
        let around = rings.into_iter().flat_map(|radius| names().map(move |name| (shares(name), radial(shares(name), radius))));
        return around.map(|(shares, offset)| spot(shares, offset, at, size, text)).collect();
    }
    let anchor = rule.text("text-anchor", scope);
    let offset = match rule.numbers("text-offset", scope).as_deref() {
        Some([dx, dy]) => [*dx, *dy],
        _ => [0.0, 0.0],
    };
    vec![spot(shares(anchor.as_deref().unwrap_or("center")), offset, at, size, text)]
}

/// Shares of a text's width and height that lie before its anchor.
fn shares(anchor: &str) -> [f64; 2] {
    [("left", "right"), ("top", "bottom")].map(|(low, high)| match () {
        () if anchor.contains(low) => 0.0,
        () if anchor.contains(high) => 1.0,
        () => 0.5,
    })
}

/// Offset in ems that moves a text away from its point.
fn radial(shares: [f64; 2], radius: f64) -> [f64; 2] {
    let away = shares.map(|share| 1.0 - 2.0 * share);
    let is_corner = away.iter().all(|axis| *axis != 0.0);
    let radius = if is_corner { radius * std::f64::consts::FRAC_1_SQRT_2 } else { radius };
    [away[0] * radius, away[1] * (radius - LEADING_EM)]
}

fn spot(shares: [f64; 2], offset_em: [f64; 2], at: [f64; 2], size: f64, text: &Text) -> Spot {
    let sides = [text.width, text.height];
    let min = [0, 1].map(|axis| at[axis] + offset_em[axis] * size - sides[axis] * shares[axis] - MARGIN_PX);
    let max = [0, 1].map(|axis| min[axis] + sides[axis] + 2.0 * MARGIN_PX);
    Spot { frame: Frame { min, max }, flush: shares[0] }
}
