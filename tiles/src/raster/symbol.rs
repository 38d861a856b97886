//! One symbol before it is placed: an icon, a text, and the spots where the text may stand.

use super::along::Way;
use super::canvas::{LEVEL, Picture, Stand, Turn};
use super::color::Rgba;
use super::expression::{Scope, Val};
use super::glyphs::is_heavy;
use super::icons::Icons;
use super::room::{self, Room};
use super::shaping::{Lettering, Text};
use super::spots::{self, Sizes, Spot, shares};
use super::style::{Placement, Rule};
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

/// Longest line of a text that stands to one side of its point, style pixels: longer ones are broken, so that all of it is seen whole.
const LONGEST_PX: f64 = 100.0;
/// Letters below that size show nothing, style pixels: sizes are rounded to a tenth.
const SMALLEST_PX: f64 = 0.1;
/// How far from its point an icon takes room at most, style pixels.
const ICON_REACH_PX: f64 = 40.0;
/// The same words again within this distance name the same thing, style pixels.
const REPEAT_PX: f64 = 100.0;

/// An icon at its place.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) icon: Arc<str>,
    pub(super) size: f64,
    pub(super) opacity: f32,
    /// Where its middle is from the symbol's point, before it is turned.
    pub(super) offset: [f64; 2],
    /// Cosine and sine.
    pub(super) direction: [f64; 2],
    pub(super) room: Room,
    /// Drawn whatever stands there.
    pub(super) is_firm: bool,
    /// Takes no room from others.
    pub(super) is_ghost: bool,
    /// The text is written even if the icon finds no room.
    pub(super) is_optional: bool,
}

/// A text and its spots, the best first.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) words: Arc<str>,
    pub(super) text: Text,
    pub(super) spots: Vec<Spot>,
    pub(super) color: Rgba,
    pub(super) halo: Option<(Rgba, f64)>,
    /// The same words of what matters less are left out so close by, style pixels.
    pub(super) repeat_px: f64,
    /// The icon is drawn even if the text finds no room.
    pub(super) is_optional: bool,
    /// Written on its icon whatever stands there.
    pub(super) is_firm: bool,
    /// Takes no room from others.
    pub(super) is_ghost: bool,
}

/// What a point of a feature shows.
#[derive(Debug)]
pub(super) struct Symbol {
    pub(super) at: [f64; 2],
    /// Rules drawn later matter more, then the lower sort key, then what stands further north-west on the whole map. Of what is drawn
    /// whatever happens, and needs no turn, the higher key matters more: by the specification it lies above.
    importance: (Reverse<usize>, f64, [f64; 2]),
    pub(super) mark: Option<Mark>,
    pub(super) label: Option<Label>,
}

impl Symbol {
    /// The symbol of a rule at a place of the picture, on a line if there is a way; `None` if it shows nothing.
    pub(super) fn new(
        rule: &Rule,
        scope: &Scope<'_>,
        at: [f64; 2],
        way: Option<&Way>,
        icons: &Icons,
        picture: &mut Picture<'_>,
    ) -> Option<Self> {
        let label = if picture.section.has_texts() { label(rule, scope, at, way, picture) } else { None };
        let mark = mark(rule, scope, at, way, icons, label.as_ref());
        let on_map = [at[0] + picture.origin[0], at[1] + picture.origin[1]].map(|axis| (axis * 16.0).round());
        let is_firm = mark.as_ref().is_some_and(|mark| mark.is_firm) && label.as_ref().is_none_or(|label| label.is_firm);
        let key = rule.amount("symbol-sort-key", scope) * if is_firm { -1.0 } else { 1.0 };
        let importance = (Reverse(rule.number), key, [on_map[1], on_map[0]]);
        (mark.is_some() || label.is_some()).then_some(Self { at, importance, mark, label })
    }

    /// Bytes that it takes, roughly; its text is its own, as most are.
    pub(super) fn bytes(&self) -> usize {
        let spot = |spot: &Spot| {
            let turns = if let Stand::Along(turns) = &spot.stand { turns.len() } else { 0 };
            size_of::<Spot>() + spot.room.heap_bytes() + turns * size_of::<Turn>()
        };
        let label = self.label.iter().map(|label| label.text.bytes() + label.spots.iter().map(spot).sum::<usize>());
        size_of::<Self>() + label.sum::<usize>()
    }

    /// The number of its rule.
    pub(super) fn rule(&self) -> usize {
        self.importance.0.0
    }

    /// The more important one first.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.importance, &other.importance);
        let position = || a.2[0].total_cmp(&b.2[0]).then(a.2[1].total_cmp(&b.2[1]));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(position)
    }
}

/// At the next whole zoom, for whose sizes symbols on points are given room, as map clients do: so what finds room has it until there.
fn grown<'a>(scope: &Scope<'a>) -> Scope<'a> {
    Scope { zoom: scope.zoom.floor() + 1.0, ..*scope }
}

/// How far symbols of a rule stand from each other along a line, style pixels.
pub(super) fn spacing(rule: &Rule, scope: &Scope<'_>) -> f64 {
    rule.amount("symbol-spacing", scope)
}

/// Whether an icon or text turns with its line: on lines unless the style says otherwise.
pub(super) fn turns(rule: &Rule, scope: &Scope<'_>, alignment: &str) -> bool {
    rule.placement != Placement::Point && rule.text(alignment, scope).is_none_or(|asked| &*asked != "viewport")
}

fn mark(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], way: Option<&Way>, icons: &Icons, label: Option<&Label>) -> Option<Mark> {
    let name = rule.text("icon-image", scope)?;
    let [size, laid] = [scope, &grown(scope)].map(|scope| rule.amount("icon-size", scope));
    let side = icons.icon(&name)?.size;
    let along = way.filter(|_| turns(rule, scope, "icon-rotation-alignment")).and_then(Way::direction).unwrap_or(LEVEL);
    let turned = room::direction(rule.amount("icon-rotate", scope));
    let direction = [along[0] * turned[0] - along[1] * turned[1], along[1] * turned[0] + along[0] * turned[1]];
    let before = shares(rule.text("icon-anchor", scope).as_deref().unwrap_or("center"));
    let pair = rule.pair("icon-offset", scope);
    let offset = [0, 1].map(|axis| pair[axis] + side * (0.5 - before[axis]));
    let corner = |half: f64| offset.map(|axis| (axis + half) * laid);
    let padding = rule.amount("icon-padding", scope);
    let links = room::turned(at, corner(-side / 2.0), corner(side / 2.0), direction, padding);
    let is_firm = rule.is_true("icon-allow-overlap", scope) && label.is_none_or(|label| label.is_optional || label.is_firm);
    Some(Mark {
        icon: name,
        size,
        opacity: rule.amount("icon-opacity", scope) as f32,
        offset: offset.map(|axis| axis * size),
        direction,
        room: Room::chain(links)?.cut_to(ICON_REACH_PX, at),
        is_firm,
        is_ghost: rule.is_true("icon-ignore-placement", scope),
        is_optional: rule.is_true("icon-optional", scope),
    })
}

fn label(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], way: Option<&Way>, picture: &mut Picture<'_>) -> Option<Label> {
    let words = words(rule, scope)?;
    let [size, laid] = [scope, &grown(scope)].map(|scope| rule.amount("text-size", scope));
    if size < SMALLEST_PX {
        return None;
    }
    let bold = matches!(rule.value("text-font", scope), Some(Val::List(fonts)) if matches!(fonts.first(), Some(Val::Text(font)) if is_heavy(font)));
    let way = way.filter(|_| turns(rule, scope, "text-rotation-alignment"));
    let broken = size * rule.amount("text-max-width", scope);
    let longest = LONGEST_PX * (size / laid).min(1.0);
    let (widest, longest) = match way {
        // A text along a line is one line, or none.
        Some(_) => (f64::INFINITY, f64::INFINITY),
        None if spots::are_centred(rule, scope) => (broken, 2.0 * longest),
        None => (broken, longest),
    };
    let lettering = Lettering { size, bold, widest };
    let spacing_em = rule.amount("text-letter-spacing", scope);
    let line_height = rule.amount("text-line-height", scope);
    let text = picture.canvas.shaper.text(&words, lettering, longest, spacing_em, line_height);
    // Half a name would be another name: one that the fonts cannot write is left out.
    if !text.is_whole {
        return None;
    }
    let color = rule.color("text-color", "text-opacity", scope).unwrap_or([0.0; 4]);
    let halo = rule.color("text-halo-color", "text-opacity", scope);
    let halo = halo.map(|color| (color, rule.amount("text-halo-width", scope))).filter(|(_, width)| *width > 0.0);
    // A halo takes room, too: what reaches into the next tile must be known to it.
    let padding = rule.amount("text-padding", scope).max(halo.map_or(0.0, |(_, width)| width)).min(room::REACH_PX);
    let spots = match way {
        Some(way) => Vec::from_iter(spots::along(rule, scope, at, (size, padding), &text, way)),
        None => spots::around(rule, scope, at, Sizes { drawn: size, laid, padding }, &text),
    };
    if spots.is_empty() {
        return None;
    }
    let repeat_px = if rule.placement == Placement::Line { spacing(rule, scope) / 2.0 } else { REPEAT_PX };
    Some(Label {
        words,
        text,
        spots,
        color,
        halo,
        repeat_px: repeat_px.min(room::REACH_PX),
        is_optional: rule.is_true("text-optional", scope),
        is_firm: rule.is_true("text-allow-overlap", scope),
        is_ghost: rule.is_true("text-ignore-placement", scope),
    })
}

/// What a rule writes, in its letters; on one line where it follows one.
fn words(rule: &Rule, scope: &Scope<'_>) -> Option<Arc<str>> {
    let words = rule.text("text-field", scope).filter(|words| !words.trim().is_empty())?;
    let words = match rule.text("text-transform", scope).as_deref() {
        Some("uppercase") => words.to_uppercase().into(),
        Some("lowercase") => words.to_lowercase().into(),
        _ => words,
    };
    let is_level = rule.placement == Placement::Point || !words.contains('\n');
    Some(if is_level { words } else { words.replace('\n', " ").into() })
}
