//! How far from its geometry a rule draws: for one feature, and at most, whatever the data say. Tiles look around themselves so far.

use super::super::expression::Scope;
use super::super::parallel::FURTHEST_PX;
use super::{Kind, Rule, Style};

/// How far the point of a sharp corner stands out from the edges of its line at most, style pixels: further out it would show in
/// tiles that do not see it.
const LONGEST_TIP_PX: f64 = 128.0;
/// A square end stands out from the middle of its line by so many half widths.
const SQUARE_CAP: f64 = std::f64::consts::SQRT_2;

impl Rule {
    /// How far from a feature it draws, style pixels.
    pub(in super::super) fn reach_px(&self, scope: &Scope<'_>) -> f64 {
        self.reach(|name| self.amount(name, scope))
    }

    /// How far from any feature it draws at most at a zoom, style pixels.
    fn furthest_px(&self, zoom: f64) -> f64 {
        self.reach(|name| self.most(name, zoom))
    }

    /// What a property may be at most at a zoom, to either side of nothing.
    fn most(&self, name: &str, zoom: f64) -> f64 {
        let Some((property, said)) = self.property(name) else { return 0.0 };
        let range = said.as_ref().map(|said| said.range(zoom)).filter(|[low, high]| low <= high);
        // Features without the value have what is usual.
        range.into_iter().flatten().map(|number| property.tamed(number).abs()).fold(property.usual.amount(), f64::max)
    }

    fn reach(&self, amount: impl Fn(&str) -> f64) -> f64 {
        match self.kind {
            Kind::Line => {
                let (half, gap) = (amount("line-width") / 2.0, amount("line-gap-width"));
                let beside = amount("line-offset").abs().min(FURTHEST_PX) + if gap > 0.0 { gap / 2.0 + half } else { 0.0 };
                beside + half * miter_limit(amount("line-miter-limit"), 2.0 * half).max(SQUARE_CAP)
            }
            Kind::Circle => amount("circle-radius") + amount("circle-stroke-width"),
            Kind::Background | Kind::Fill | Kind::Symbol => 0.0,
        }
    }
}

/// How far the points of sharp corners of a line stand out from its middle, in half widths.
pub(in super::super) fn miter_limit(asked: f64, width: f64) -> f64 {
    asked.min(1.0 + LONGEST_TIP_PX / (width / 2.0)).max(1.0)
}

impl Style {
    /// How far from the features of a layer fills, lines and circles show at most at a zoom, with or without clusters, style pixels.
    pub(in super::super) fn furthest_px(&self, layer: &str, clustered: bool, zoom: f64) -> f64 {
        let drawn = self.rules_at(zoom).filter(|rule| (clustered || !rule.clusters) && self.applies(rule, layer));
        drawn.map(|rule| rule.furthest_px(zoom)).fold(0.0, f64::max)
    }
}
