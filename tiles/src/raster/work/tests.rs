use super::*;
use vello_cpu::kurbo::Rect;
use vello_cpu::kurbo::Shape;

fn never() -> bool {
    false
}

fn line(vertices: usize) -> BezPath {
    let mut path = BezPath::new();
    path.move_to((0.0, 0.0));
    (1..vertices).for_each(|number| path.line_to((f64::from((number % 2) as u8) * 0.1, 0.0)));
    path
}

#[test]
fn a_shape_counts_by_how_far_it_runs_whatever_its_size_in_the_picture() {
    let recorded = |path: &BezPath, is_stroke: bool, scale: f64| {
        let mut work = Work::until(&never);
        assert!(work.take(path, is_stroke, &Affine::scale(scale)));
        work.recorded
    };
    let square = Rect::new(0.0, 0.0, 200.0, 200.0).to_path(0.1);
    let once = recorded(&square, false, 1.0);
    assert!((once / (200.0 * CELL_BYTES) - 1.0).abs() < 0.05, "four sides of 50 cells: {once}");
    assert!((recorded(&square, false, 2.0) / once - 2.0).abs() < 0.1);
    assert!((recorded(&square, true, 1.0) / once - 2.0).abs() < 0.2, "two sides of a stroke");
}

#[test]
fn records_are_full_before_they_are_many_and_start_anew() {
    let mut work = Work::until(&never);
    let square = Rect::new(0.0, 0.0, 700.0, 700.0).to_path(0.1);
    let shapes = (1..).find(|_| !work.take(&square, false, &Affine::IDENTITY) || work.is_full());
    assert!((150..250).contains(&shapes.unwrap()), "{shapes:?}");
    work.settle(0.0);
    assert!(!work.is_full() && !work.is_spent());
}

#[test]
fn a_shape_that_is_too_large_and_symbols_that_are_too_many_are_not_drawn() {
    let mut work = Work::until(&never);
    assert!(work.take(&line(50_000), true, &Affine::IDENTITY) && work.is_large());
    assert!(work.take(&line(200_000), false, &Affine::IDENTITY));
    assert!(!work.take(&line(60_000), true, &Affine::IDENTITY) && work.is_spent());
    let mut work = Work::until(&never);
    assert!(work.wait(MOST_WAITING) && !work.wait(MOST_WAITING + 1) && !work.step(1));
}

#[test]
fn the_clock_is_looked_at_as_work_is_done() {
    let looks = std::cell::Cell::new(0);
    let third = || {
        looks.set(looks.get() + 1);
        looks.get() == 3
    };
    let mut work = Work::until(&third);
    let steps = (1..).find(|_| !work.step(10)).unwrap();
    assert_eq!((steps * 10, looks.get()), (3 * BETWEEN_LOOKS, 3));
    assert!(!work.write(1) && !work.take(&line(2), false, &Affine::IDENTITY), "once it is late it stays late");
    looks.set(0);
    let mut work = Work::until(&third);
    work.settle(256.0 * 256.0);
    assert!(work.paint(256.0) && !work.paint(256.0), "pixels take time, too");
}
