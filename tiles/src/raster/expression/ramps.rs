//! Reading `step` and `interpolate`: outcomes along the stops of a number, each above the one before.

use super::read::Reader;
use super::wanted::Wanted;
use super::{Expr, Val};
use serde_json::Value;

impl Reader<'_> {
    pub(super) fn step(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        if parts.len() < 4 || !parts.len().is_multiple_of(2) {
            self.issues.wrong("'step' takes a number, a first outcome, and pairs of stop and outcome");
            return None;
        }
        let (input, first) = (self.part(parts, 0, &Wanted::Number), self.part(parts, 1, wanted));
        let stops = self.stops(parts, wanted);
        Some(Expr::Step { input: Box::new(input?), first: Box::new(first?), stops: stops? })
    }

    pub(super) fn interpolate(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Expr> {
        if parts.len() < 4 || !parts.len().is_multiple_of(2) {
            self.issues.wrong("'interpolate' takes a kind, a number, and pairs of stop and outcome");
            return None;
        }
        let kind = parts.first().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let base = match (kind.first().and_then(Value::as_str), kind.get(1).and_then(Value::as_f64)) {
            (Some("linear"), None) => Some(1.0),
            (Some("exponential"), Some(base)) if base > 0.0 => Some(base),
            (Some("cubic-bezier"), _) => {
                let message =
                    "'cubic-bezier' is not drawn; there are [\"linear\"] and [\"exponential\", base]; the rule is left out";
                self.within(1, |reader| reader.issues.not_drawn(message));
                None
            }
            _ => {
                let message = "the kinds are [\"linear\"] and [\"exponential\", base], with a base above 0";
                self.within(1, |reader| reader.issues.wrong(message));
                None
            }
        };
        if !wanted.is_gradual() {
            self.issues.wrong("'interpolate' goes between numbers or between colours; write 'step'");
            return None;
        }
        let input = self.part(parts, 1, &Wanted::Number);
        let stops = self.stops(parts, wanted);
        Some(Expr::Interpolate { base: base?, input: Box::new(input?), stops: stops? })
    }

    /// Pairs of stop and outcome after the first two arguments.
    fn stops(&mut self, parts: &[Value], wanted: &Wanted) -> Option<Vec<(f64, Expr)>> {
        let mut before = f64::NEG_INFINITY;
        let stops: Vec<Option<(f64, Expr)>> = (2..parts.len())
            .step_by(2)
            .map(|at| {
                let stop = self.within(at + 1, |reader| reader.stop(&parts[at], &mut before));
                stop.zip(self.part(parts, at + 1, wanted))
            })
            .collect();
        stops.into_iter().collect()
    }

    /// A stop, above the one before.
    pub(super) fn stop(&mut self, json: &Value, before: &mut f64) -> Option<f64> {
        let stop = json.as_f64().filter(|stop| *stop > *before);
        match stop {
            Some(stop) => *before = stop,
            None => {
                self.issues.wrong(format!("{} is no stop; stops are numbers, each above the one before", Val::of(json).told()))
            }
        }
        stop
    }
}
