//! The spots around a point where its text may stand, the best first.

use super::along::{Following, Way};
use super::canvas::{Stand, Turn};
use super::expression::{Scope, Val};
use super::room::{self, REACH_PX, Room};
use super::shaping::Text;
use super::style::Rule;
use std::sync::Arc;

/// A line of letters reaches above its capitals and below its baseline: texts above and below a point move closer by so many ems.
const LEADING_EM: f64 = 0.29;

/// A place for a text.
#[derive(Debug)]
pub(super) struct Spot {
    /// The text with its padding.
    pub(super) room: Room,
    pub(super) stand: Stand,
}

/// Where an anchor puts a text.
struct Anchored {
    /// Shares of its width and height before its point.
    shares: [f64; 2],
    offset_em: [f64; 2],
    /// Whether the room around it keeps off the point, too, as it does for one anchor of several.
    is_padded: bool,
}

/// Whether all of a rule's anchors have as much text to the left as to the right of the point.
pub(super) fn are_centred(rule: &Rule, scope: &Scope<'_>) -> bool {
    anchored(rule, scope).iter().all(|anchored| anchored.shares[0] == 0.5)
}

/// How large letters are, style pixels.
pub(super) struct Sizes {
    /// As they are drawn.
    pub(super) drawn: f64,
    /// As they are given room.
    pub(super) laid: f64,
    /// Room around them.
    pub(super) padding: f64,
}

/// The spots of a text at a point.
pub(super) fn around(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], sizes: Sizes, text: &Text) -> Vec<Spot> {
    let justify = rule.text("text-justify", scope).unwrap_or_else(|| Arc::from("center"));
    let direction = room::direction(rule.amount("text-rotate", scope));
    let spot = |Anchored { shares, offset_em, is_padded }: Anchored| {
        let (sides, kept_off) = ([text.width, text.height], if is_padded { sizes.padding } else { 0.0 });
        let away = shares.map(away);
        let corner = [0, 1].map(|axis| offset_em[axis] * sizes.drawn - sides[axis] * shares[axis] + away[axis] * kept_off);
        let growth = sizes.laid / sizes.drawn;
        let low = corner.map(|axis| axis * growth);
        let high = [0, 1].map(|axis| low[axis] + sides[axis] * growth);
        let flush = match &*justify {
            "left" => 0.0,
            "right" => 1.0,
            "auto" => shares[0],
            _ => 0.5,
        };
        let room = Room::chain(room::turned(at, low, high, direction, sizes.padding))?;
        Some(Spot { room, stand: Stand::Level { at, corner, flush, direction } })
    };
    let spots = anchored(rule, scope).into_iter().filter_map(spot);
    spots.filter(|spot| spot.room.is_within(REACH_PX, at)).collect()
}

/// The spot of a text along a line, if it fits.
pub(super) fn along(
    rule: &Rule,
    scope: &Scope<'_>,
    at: [f64; 2],
    (size, padding): (f64, f64),
    text: &Text,
    way: &Way,
) -> Option<Spot> {
    let Anchored { shares, offset_em, .. } = *anchored(rule, scope).first()?;
    let baseline = text.runs.first()?.baseline;
    let following = Following {
        share: shares[0],
        forward: offset_em[0] * size,
        down: baseline - text.height * shares[1] + offset_em[1] * size,
        max_angle: rule.amount("text-max-angle", scope).to_radians(),
        keep_upright: rule.value("text-keep-upright", scope) != Some(Val::Bool(false)),
    };
    let turns = way.follow(text, size, following)?;
    let clusters = text.runs.iter().flat_map(|run| &run.clusters);
    let links = clusters.zip(&turns).map(|(cluster, turn)| {
        let ([cos, sin], [top, bottom]) = (turn.direction, [-baseline, text.height - baseline]);
        let corners = [[0.0, top], [cluster.advance, top], [cluster.advance, bottom], [0.0, bottom]];
        let seen = corners.map(|[x, y]| [turn.at[0] + x * cos - y * sin, turn.at[1] + x * sin + y * cos]);
        room::around(at, seen, padding)
    });
    let room = Room::chain(links.collect()).filter(|room| room.is_within(REACH_PX, at))?;
    let placed = turns.iter().map(|turn| Turn { at: [at[0] + turn.at[0], at[1] + turn.at[1]], ..*turn });
    Some(Spot { room, stand: Stand::Along(placed.collect()) })
}

fn anchored(rule: &Rule, scope: &Scope<'_>) -> Vec<Anchored> {
    if let Some(Val::List(all)) = rule.value("text-variable-anchor-offset", scope) {
        let told = |pair: &[Val]| {
            let [Val::Text(anchor), Val::List(offset)] = pair else { return None };
            let [x, y] = [offset.first()?.number()?, offset.get(1)?.number()?];
            Some(Anchored { shares: shares(anchor), offset_em: closer(shares(anchor), [x, y]), is_padded: true })
        };
        return all.chunks(2).filter_map(told).collect();
    }
    if let Some(Val::List(anchors)) = rule.value("text-variable-anchor", scope) {
        let radius = rule.amount("text-radial-offset", scope);
        let names = anchors.iter().filter_map(|anchor| if let Val::Text(name) = anchor { Some(name) } else { None });
        let told = |name: &Arc<str>| (shares(name), radial(shares(name), radius));
        return names.map(told).map(|(shares, offset_em)| Anchored { shares, offset_em, is_padded: true }).collect();
    }
    let anchor = rule.text("text-anchor", scope);
    let shares = shares(anchor.as_deref().unwrap_or("center"));
    vec![Anchored { shares, offset_em: rule.pair("text-offset", scope), is_padded: false }]
}

/// Shares of a width and height that lie before an anchor.
pub(super) fn shares(anchor: &str) -> [f64; 2] {
    [("left", "right"), ("top", "bottom")].map(|(low, high)| match () {
        () if anchor.contains(low) => 0.0,
        () if anchor.contains(high) => 1.0,
        () => 0.5,
    })
}

/// Offset in ems that moves a text away from its point.
fn radial(shares: [f64; 2], radius: f64) -> [f64; 2] {
    let away = shares.map(away);
    let is_corner = away.iter().all(|axis| *axis != 0.0);
    let radius = if is_corner { radius * std::f64::consts::FRAC_1_SQRT_2 } else { radius };
    closer(shares, away.map(|axis| axis * radius))
}

/// An offset in ems without what a line of letters leaves free above and below them.
fn closer(shares: [f64; 2], offset: [f64; 2]) -> [f64; 2] {
    [offset[0], offset[1] - away(shares[1]) * LEADING_EM]
}

/// On which side of its point a text stands along an axis: 1 after it, -1 before it.
fn away(share: f64) -> f64 {
    1.0 - 2.0 * share
}
