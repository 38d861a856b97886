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
/// So much further out, in ems, texts stand a second time around their point: clear of a report that lies on it.
const OUTER_RING_EM: f64 = 0.8;

/// A place for a text.
#[derive(Debug)]
pub(super) struct Spot {
    /// The text with its padding.
    pub(super) room: Room,
    pub(super) stand: Stand,
}

/// Where a rule's anchors put a text: shares of its width and height before its point, and an offset in ems.
type Anchored = ([f64; 2], [f64; 2]);

/// Whether all of a rule's anchors have as much text to the left as to the right of the point.
pub(super) fn are_centred(rule: &Rule, scope: &Scope<'_>) -> bool {
    anchored(rule, scope).iter().all(|(shares, _)| shares[0] == 0.5)
}

/// The spots of a text of a size, with so much room around it, at a point.
pub(super) fn around(rule: &Rule, scope: &Scope<'_>, at: [f64; 2], (size, padding): (f64, f64), text: &Text) -> Vec<Spot> {
    let justify = rule.text("text-justify", scope).unwrap_or_else(|| Arc::from("center"));
    let direction = room::direction(rule.amount("text-rotate", scope, 0.0));
    let spot = |(shares, offset_em): Anchored| {
        let sides = [text.width, text.height];
        let low = [0, 1].map(|axis| offset_em[axis] * size - sides[axis] * shares[axis]);
        let high = [0, 1].map(|axis| low[axis] + sides[axis]);
        let flush = match &*justify {
            "left" => 0.0,
            "right" => 1.0,
            "auto" => shares[0],
            _ => 0.5,
        };
        let room = Room::chain(room::turned(at, low, high, direction, padding))?;
        Some(Spot { room, stand: Stand::Level { at, corner: low, flush, direction } })
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
    let (shares, offset_em) = *anchored(rule, scope).first()?;
    let baseline = text.runs.first()?.baseline;
    let following = Following {
        share: shares[0],
        forward: offset_em[0] * size,
        down: baseline - text.height * shares[1] + offset_em[1] * size,
        max_angle: rule.amount("text-max-angle", scope, 45.0).clamp(0.0, 180.0).to_radians(),
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
    if let Some(Val::List(anchors)) = rule.value("text-variable-anchor", scope) {
        let radius = rule.amount("text-radial-offset", scope, 0.0);
        let names = || anchors.iter().filter_map(|anchor| if let Val::Text(name) = anchor { Some(name) } else { None });
        let rings = [radius, radius + OUTER_RING_EM];
        return rings
            .into_iter()
            .flat_map(|radius| names().map(move |name| (shares(name), radial(shares(name), radius))))
            .collect();
    }
    let anchor = rule.text("text-anchor", scope);
    let offset = rule.pair("text-offset", scope);
    vec![(shares(anchor.as_deref().unwrap_or("center")), offset)]
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
    let away = shares.map(|share| 1.0 - 2.0 * share);
    let is_corner = away.iter().all(|axis| *axis != 0.0);
    let radius = if is_corner { radius * std::f64::consts::FRAC_1_SQRT_2 } else { radius };
    [away[0] * radius, away[1] * (radius - LEADING_EM)]
}
