//! Dashes, split by hand, so that they continue from tile to tile.

/// A stretch of an outline as long as this many periods hangs on the map.
const LONG_PERIODS: f64 = 3.0;
/// Dashes a path may have in one picture; beyond it is drawn solid.
const MOST_DASHES: f64 = 4_000.0;

/// Where the dashes of a path start.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start {
    /// So far along the line that the path is a stretch of, style pixels: all tiles know its lines whole.
    Along(f64),
    /// Tiles see pieces of outlines, and not where those begin: on long straight stretches dashes hang on the position on the whole map,
    /// where the picture's corner is this (style pixels); along short steps they run on from where they were.
    OnMap([f64; 2]),
}

/// Splits a path (style pixels) into its dashes.
pub(super) fn split(path: &[[f64; 2]], dashes: &[f64], start: Start) -> Vec<Vec<[f64; 2]>> {
    let period: f64 = dashes.iter().sum();
    let total: f64 = path.windows(2).map(|pair| length(pair[0], pair[1])).sum();
    if !period.is_finite() || period <= 0.0 || dashes.iter().any(|dash| *dash < 0.0) || total / period > MOST_DASHES {
        return vec![path.to_vec()];
    }
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut phase = match start {
        Start::Along(distance) => distance.rem_euclid(period),
        Start::OnMap(_) => 0.0,
    };
    let mut open = false;
    for pair in path.windows(2) {
        let ([from, to], long) = ([pair[0], pair[1]], length(pair[0], pair[1]));
        if long == 0.0 {
            continue;
        }
        let direction = [(to[0] - from[0]) / long, (to[1] - from[1]) / long];
        if let Start::OnMap(origin) = start
            && long >= LONG_PERIODS * period
        {
            let along = (from[0] + origin[0]) * direction[0] + (from[1] + origin[1]) * direction[1];
            phase = along.rem_euclid(period);
            open = false;
        }
        let mut done = 0.0;
        while done < long {
            let (drawn, left) = dash_at(dashes, phase);
            let step = left.min(long - done);
            let at = |distance: f64| [from[0] + direction[0] * distance, from[1] + direction[1] * distance];
            if drawn {
                match pieces.last_mut().filter(|_| open) {
                    Some(piece) => piece.push(at(done + step)),
                    None => pieces.push(vec![at(done), at(done + step)]),
                }
            }
            open = drawn;
            done += step;
            phase = (phase + step).rem_euclid(period);
        }
    }
    pieces
}

fn length(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

/// Whether the pattern draws at a phase, and for how much longer.
fn dash_at(dashes: &[f64], phase: f64) -> (bool, f64) {
    let mut passed = 0.0;
    for (number, dash) in dashes.iter().enumerate() {
        passed += dash;
        if phase < passed {
            // Never nothing: rounding must not stop the walk.
            return (number % 2 == 0, (passed - phase).max(1e-6));
        }
    }
    (false, 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(pieces: &[Vec<[f64; 2]>]) -> f64 {
        pieces.iter().flat_map(|piece| piece.windows(2)).map(|pair| length(pair[0], pair[1])).sum()
    }

    /// Whether a place lies on a dash.
    fn is_drawn(pieces: &[Vec<[f64; 2]>], at: [f64; 2]) -> bool {
        let segments = pieces.iter().flat_map(|piece| piece.windows(2));
        segments.into_iter().any(|pair| (length(pair[0], at) + length(at, pair[1]) - length(pair[0], pair[1])).abs() < 1e-6)
    }

    #[test]
    fn half_the_length_is_drawn_by_an_even_pattern() {
        let pieces = split(&[[0.0, 0.0], [100.0, 0.0]], &[5.0, 5.0], Start::OnMap([0.0, 0.0]));
        assert_eq!(pieces.len(), 10);
        assert!((drawn(&pieces) - 50.0).abs() < 1e-3);
    }

    #[test]
    fn an_outline_through_two_tiles_keeps_its_dashes_where_it_is_straight() {
        let west = split(&[[-20.0, 30.0], [288.0, 30.0]], &[7.0, 4.0], Start::OnMap([256.0, 0.0]));
        let east = split(&[[-32.0, 30.0], [200.0, 30.0]], &[7.0, 4.0], Start::OnMap([512.0, 0.0]));
        for step in 0..600 {
            let x = f64::from(step) * 0.1 - 30.0 + 0.05;
            assert_eq!(is_drawn(&west, [x + 256.0, 30.0]), is_drawn(&east, [x, 30.0]), "{x}");
        }
    }

    #[test]
    fn a_stretch_of_a_line_that_bends_has_the_dashes_of_the_line() {
        let line = [[0.0, 0.0], [8.0, 6.0], [8.0, 20.0], [30.0, 20.0]];
        let (whole, stretch) = (split(&line, &[3.0, 2.0], Start::Along(0.0)), split(&line[1..], &[3.0, 2.0], Start::Along(10.0)));
        for step in 0..360 {
            let along = f64::from(step) * 0.1 + 0.05;
            let at = if along < 14.0 { [8.0, 6.0 + along] } else { [along - 6.0, 20.0] };
            assert_eq!(is_drawn(&whole, at), is_drawn(&stretch, at), "{along}");
        }
    }

    #[test]
    fn nonsense_patterns_draw_a_solid_line() {
        for dashes in [vec![], vec![0.0, 0.0], vec![-1.0, 5.0], vec![f64::NAN, 1.0], vec![1e-9, 1e-9]] {
            assert_eq!(split(&[[0.0, 0.0], [100.0, 0.0]], &dashes, Start::Along(0.0)).len(), 1, "{dashes:?}");
        }
    }
}
