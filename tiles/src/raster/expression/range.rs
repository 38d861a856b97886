//! Between which numbers the worth of an expression lies at a zoom, whatever the data say.

use super::{Expr, Val, interpolate};

/// Anything at all.
const ANY: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
/// No number.
const NONE: [f64; 2] = [f64::INFINITY, f64::NEG_INFINITY];

impl Expr {
    /// The lowest and the highest number that it may come to; the lowest is above the highest where it never comes to one.
    pub(in super::super) fn range(&self, zoom: f64) -> [f64; 2] {
        let of = |one: &Self| one.range(zoom);
        match self {
            Self::Literal(value) => value.number().map_or(NONE, |number| [number; 2]),
            Self::Zoom => [zoom; 2],
            Self::Match { arms, other, .. } => hull(arms.iter().map(|(_, arm)| of(arm)).chain([of(other)])),
            Self::Case { arms, other } => hull(arms.iter().map(|(_, arm)| of(arm)).chain([of(other)])),
            Self::Coalesce(all) => hull(all.iter().map(of)),
            Self::Let(_, body) => of(body),
            Self::Step { input, first, stops } => match of(input) {
                [at, to] if at == to => {
                    of(stops.iter().rev().find(|(stop, _)| *stop <= at).map_or(first.as_ref(), |(_, value)| value))
                }
                _ => hull(stops.iter().map(|(_, value)| of(value)).chain([of(first)])),
            },
            Self::Interpolate { base, input, stops } => {
                let whole = hull(stops.iter().map(|(_, value)| of(value)));
                let [at, to] = of(input);
                let is_known = at == to && whole.iter().all(|side| side.is_finite());
                let side = |side: usize| interpolate(*base, Some(at), stops, |value| Val::Number(of(value)[side])).number();
                if is_known { [0, 1].map(|number| side(number).unwrap_or(whole[number])) } else { whole }
            }
            Self::Call(function, of) => called(function.name, &of.iter().map(|one| one.range(zoom)).collect::<Vec<_>>()),
            _ => ANY,
        }
    }
}

/// What a function comes to of such arguments, if that is easily said.
fn called(name: &str, of: &[[f64; 2]]) -> [f64; 2] {
    let each_side =
        |with: fn(f64, f64) -> f64| of.iter().copied().reduce(|a, b| [with(a[0], b[0]), with(a[1], b[1])]).unwrap_or(ANY);
    let product = |a: [f64; 2], b: [f64; 2]| {
        let corners = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
        if corners.iter().any(|corner| corner.is_nan()) { ANY } else { hull(corners.into_iter().map(|corner| [corner; 2])) }
    };
    let found = match (name, of) {
        ("+", _) => each_side(|a, b| a + b),
        ("min", _) => each_side(f64::min),
        ("max", _) => each_side(f64::max),
        ("number", _) => hull(of.iter().copied()),
        ("-", [one]) => [-one[1], -one[0]],
        ("-", [one, other]) => [one[0] - other[1], one[1] - other[0]],
        ("*", _) => of.iter().copied().reduce(product).unwrap_or(ANY),
        _ => ANY,
    };
    if found.iter().any(|side| side.is_nan()) { ANY } else { found }
}

/// From the lowest to the highest of all.
fn hull(ranges: impl Iterator<Item = [f64; 2]>) -> [f64; 2] {
    ranges.fold(NONE, |whole, one| [whole[0].min(one[0]), whole[1].max(one[1])])
}

#[cfg(test)]
mod tests {
    use super::super::Expr;
    use serde_json::json;

    #[test]
    fn a_range_holds_whatever_the_data_say() {
        let any = [f64::NEG_INFINITY, f64::INFINITY];
        for (expression, range) in [
            (json!(7), [7.0, 7.0]),
            (json!(["get", "r"]), any),
            (json!(["min", 20, ["max", 0, ["get", "r"]]]), [0.0, 20.0]),
            (json!(["match", ["get", "kind"], "a", 5, "b", 90, 10]), [5.0, 90.0]),
            (json!(["case", ["has", "a"], ["*", 2, ["zoom"]], 1]), [1.0, 12.0]),
            (json!(["interpolate", ["linear"], ["zoom"], 5, 10, 7, ["match", ["get", "kind"], "a", 20, 40]]), [15.0, 25.0]),
            (json!(["interpolate", ["linear"], ["get", "r"], 5, 10, 7, 20]), [10.0, 20.0]),
            (json!(["interpolate", ["linear"], ["zoom"], 5, 10, 7, ["get", "r"]]), any),
            (json!(["step", ["zoom"], 1, 6, 2, 9, 300]), [2.0, 2.0]),
            (json!(["step", ["get", "r"], 1, 6, 2, 9, 300]), [1.0, 300.0]),
            (json!(["coalesce", ["literal", null], 4]), [4.0, 4.0]),
            (json!(["let", "x", 5, ["+", 1, 2, -8]]), [-5.0, -5.0]),
            (json!(["-", 3, ["*", -2, ["min", ["get", "r"], 4]]]), [f64::NEG_INFINITY, 11.0]),
            (json!(["*", -2, ["max", 1, ["min", ["get", "r"], 4]]]), [-8.0, -2.0]),
            (json!(["sqrt", 4]), any),
        ] {
            assert_eq!(Expr::parse(&expression).unwrap().range(6.0), range, "{expression}");
        }
    }
}
