//! Where an expression asks for the zoom: map clients take it only as the input of one outermost `step` or `interpolate`.

use super::Expr;

impl Expr {
    /// Whether map clients take it: it asks for the zoom nowhere, or as they let it.
    pub(in super::super) fn is_for_clients(&self) -> bool {
        match self {
            Self::Let(value, body) => !value.is_zoomed() && body.is_for_clients(),
            Self::Coalesce(all) => all.iter().all(Self::is_for_clients) && all.iter().filter(|one| one.is_zoomed()).count() < 2,
            Self::Step { input, first, stops } if matches!(**input, Self::Zoom) => {
                !first.is_zoomed() && stops.iter().all(|(_, outcome)| !outcome.is_zoomed())
            }
            Self::Interpolate { input, stops, .. } if matches!(**input, Self::Zoom) => {
                stops.iter().all(|(_, outcome)| !outcome.is_zoomed())
            }
            _ => !self.is_zoomed(),
        }
    }

    /// Whether it asks for the zoom anywhere.
    fn is_zoomed(&self) -> bool {
        match self {
            Self::Zoom => true,
            Self::Literal(_) | Self::Get(_) | Self::Has(_) | Self::GeometryType | Self::Var(_) => false,
            Self::Match { input, arms, other } => {
                input.is_zoomed() || other.is_zoomed() || arms.iter().any(|(_, arm)| arm.is_zoomed())
            }
            Self::Case { arms, other } => other.is_zoomed() || arms.iter().any(|(when, arm)| when.is_zoomed() || arm.is_zoomed()),
            Self::Step { input, first, stops } => {
                input.is_zoomed() || first.is_zoomed() || stops.iter().any(|(_, outcome)| outcome.is_zoomed())
            }
            Self::Interpolate { input, stops, .. } => input.is_zoomed() || stops.iter().any(|(_, outcome)| outcome.is_zoomed()),
            Self::Coalesce(all) | Self::All(all) | Self::Any(all) | Self::Call(_, all) => all.iter().any(Self::is_zoomed),
            Self::Let(value, body) => value.is_zoomed() || body.is_zoomed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expr;
    use serde_json::json;

    #[test]
    fn the_zoom_is_asked_for_outermost_and_once() {
        let ramp = json!(["interpolate", ["linear"], ["zoom"], 5, 1, 10, 2]);
        for (expression, is) in [
            (json!(["get", "a"]), true),
            (ramp.clone(), true),
            (json!(["step", ["zoom"], ["get", "a"], 5, 2]), true),
            (json!(["let", "x", 3, ["interpolate", ["linear"], ["zoom"], 5, ["var", "x"], 10, 2]]), true),
            (json!(["coalesce", ramp, 2]), true),
            (json!(["coalesce", ramp, ramp]), false),
            (json!(["let", "x", ["zoom"], ["var", "x"]]), false),
            (json!(["*", ramp, 2]), false),
            (json!(["case", [">", ["zoom"], 5], 1, 2]), false),
            (json!(["match", ["get", "a"], "x", ramp, 3]), false),
            (json!(["interpolate", ["linear"], ["zoom"], 5, ramp, 10, 2]), false),
            (json!(["step", ["get", "a"], ramp, 5, 2]), false),
        ] {
            assert_eq!(Expr::parse(&expression).unwrap().is_for_clients(), is, "{expression}");
        }
    }
}
