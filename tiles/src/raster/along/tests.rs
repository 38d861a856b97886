use super::*;
use crate::raster::shaping::{LINE_HEIGHT_EM, Lettering, Shaper};

const FOLLOWING: Following =
    Following { share: 0.5, forward: 0.0, down: 4.0, max_angle: std::f64::consts::FRAC_PI_4, keep_upright: true };

fn text(words: &str) -> Text {
    let lettering = Lettering { size: 12.0, bold: false, widest: 1_000.0 };
    Shaper::default().text(&words.into(), lettering, f64::INFINITY, 0.0, LINE_HEIGHT_EM)
}

fn way(line: &[[i32; 2]], anchor: [i32; 2]) -> Way {
    Way::around(&[line.to_vec()], anchor, 240.0, &Section::swatch(6.0, [256; 2], 1)).unwrap()
}

fn follow(line: &[[i32; 2]], anchor: [i32; 2], how: Following) -> Option<Vec<Turn>> {
    way(line, anchor).follow(&text("Niger"), 12.0, how)
}

#[test]
fn letters_stand_in_a_row_on_a_straight_line() {
    let turns = follow(&[[0, 0], [4000, 0]], [2000, 0], FOLLOWING).unwrap();
    assert_eq!(turns.len(), 5);
    assert!(turns.iter().all(|turn| turn.direction == [1.0, 0.0] && (turn.at[1] - 4.0).abs() < 1e-9));
    assert!(turns.windows(2).all(|pair| pair[0].at[0] < pair[1].at[0]));
    assert!((turns[0].at[0] + text("Niger").width / 2.0).abs() < 1e-6, "its middle is the anchor");
}

#[test]
fn a_text_stays_upright_unless_told_otherwise() {
    let west = [[4000, 0], [0, 0]];
    assert!(follow(&west, [2000, 0], FOLLOWING).unwrap().iter().all(|turn| turn.direction == [1.0, 0.0]));
    let free = Following { keep_upright: false, ..FOLLOWING };
    assert!(follow(&west, [2000, 0], free).unwrap().iter().all(|turn| turn.direction == [-1.0, 0.0]));
}

#[test]
fn a_text_that_does_not_fit_is_left_out() {
    assert!(follow(&[[0, 0], [400, 0]], [200, 0], FOLLOWING).is_none(), "too short");
    assert!(follow(&[[0, 0], [4000, 0]], [100, 0], FOLLOWING).is_none(), "too close to an end");
    let corner = [[0, 0], [2000, 0], [2000, 4000]];
    assert!(follow(&corner, [2000, 0], FOLLOWING).is_none(), "too bent");
    let free = Following { max_angle: std::f64::consts::PI, ..FOLLOWING };
    assert!(follow(&corner, [2000, 0], free).is_some());
}

#[test]
fn letters_turn_with_a_gentle_curve() {
    let arc: Vec<[i32; 2]> = (0..=60)
        .map(|step| f64::from(step) * 0.02)
        .map(|angle| [(angle.sin() * 2000.0) as i32, (2000.0 - angle.cos() * 2000.0) as i32])
        .collect();
    let turns = follow(&arc, arc[30], FOLLOWING).unwrap();
    assert!(turns.windows(2).all(|pair| pair[1].direction[1] > pair[0].direction[1]));
}

#[test]
fn the_way_starts_from_the_stretch_that_passes_the_anchor() {
    let way = way(&[[0, 0], [1000, 0], [1000, 1000], [2000, 1000]], [1000, 500]);
    let [cos, sin] = way.direction().unwrap();
    assert!(cos.abs() < 1e-9 && (sin - 1.0).abs() < 1e-9);
}
