//! The parameter `bbox`: 4 or 6 numbers in degrees, west first.
//!
//! `west > east` crosses the antimeridian and becomes two boxes. Longitudes beyond 180 degrees, which maps of several world
//! copies send, are wrapped; latitudes beyond the poles are cut.

use crate::problem::Problem;
use roadblock_layers::index::Bounds;

/// Beyond this a longitude has no useful digits left to wrap.
const FARTHEST_DEG: f64 = 1e6;

/// The boxes meant: one, or two when the antimeridian is crossed.
pub fn parse(text: &str) -> Result<Vec<Bounds>, Problem> {
    let refuse = |reason: &str| {
        let detail = format!("parameter 'bbox' is '{text}': {reason}; write west,south,east,north in degrees");
        Problem::bad_request("InvalidBbox", detail)
    };
    let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let numbers = numbers.ok_or_else(|| refuse("not all of these are numbers"))?;
    if !numbers.iter().all(|number| number.abs() <= FARTHEST_DEG) {
        return Err(refuse("a number is not finite or too far out"));
    }
    let (west, south, east, north) = match numbers[..] {
        [west, south, east, north] => (west, south, east, north),
        [west, south, low, east, north, high] if low <= high => (west, south, east, north),
        [_, _, _, _, _, _] => return Err(refuse("the lower height is above the upper")),
        _ => return Err(refuse("there must be 4 numbers, or 6 with heights")),
    };
    if south > north {
        return Err(refuse("south is above north"));
    }
    Ok(boxes(west, south.clamp(-90.0, 90.0), east, north.clamp(-90.0, 90.0)))
}

fn boxes(west: f64, south: f64, east: f64, north: f64) -> Vec<Bounds> {
    if east - west >= 360.0 {
        return vec![Bounds { west: -180.0, south, east: 180.0, north }];
    }
    let (west, east) = (wrap(west), wrap(east));
    match west <= east {
        true => vec![Bounds { west, south, east, north }],
        false => vec![Bounds { west, south, east: 180.0, north }, Bounds { west: -180.0, south, east, north }],
    }
}

fn wrap(lon_deg: f64) -> f64 {
    match lon_deg.abs() <= 180.0 {
        true => lon_deg,
        false => (lon_deg + 180.0).rem_euclid(360.0) - 180.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<[f64; 4]> {
        parse(text).unwrap().iter().map(|b| [b.west, b.south, b.east, b.north]).collect()
    }

    #[test]
    fn four_or_six_numbers_make_a_box() {
        assert_eq!(read("-12.5,10,4.25,25"), [[-12.5, 10.0, 4.25, 25.0]]);
        assert_eq!(read("-12.5,10,0,4.25,25,900"), [[-12.5, 10.0, 4.25, 25.0]]);
        assert_eq!(read("20.56463600000000014,-5e0,21,-4"), [[20.564636, -5.0, 21.0, -4.0]]);
        assert_eq!(read("-180,-90,180,90"), [[-180.0, -90.0, 180.0, 90.0]]);
    }

    #[test]
    fn west_above_east_crosses_the_antimeridian() {
        let two = [[177.0, -20.0, 180.0, -16.0], [-180.0, -20.0, -178.0, -16.0]];
        assert_eq!(read("177,-20,-178,-16"), two);
        assert_eq!(read("177,-20,182,-16"), two, "a world copy east");
        assert_eq!(read("-183,-20,-178,-16"), two, "a world copy west");
    }

    #[test]
    fn world_copies_are_wrapped_and_poles_cut() {
        assert_eq!(read("350,10,355,91"), [[-10.0, 10.0, -5.0, 90.0]]);
        assert_eq!(read("-400,-100,400,100"), [[-180.0, -90.0, 180.0, 90.0]]);
    }

    #[test]
    fn anything_else_is_refused_with_what_would_be_right() {
        for text in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "a,b,c,d",
            "1,2,3,nan",
            "1,2,3,inf",
            "1;2;3;4",
            "0,10,1,5",
            "0,0,9,1,1,2",
            "1e300,0,2e300,1",
        ] {
            let problem = parse(text).unwrap_err();
            assert_eq!(problem.status, 400, "{text}");
            assert!(problem.detail.contains("west,south,east,north"), "{text}");
        }
    }
}
