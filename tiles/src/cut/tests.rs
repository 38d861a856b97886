use super::*;
use crate::grid::TileCoord;
use crate::scene::Scene;
use geo::Validation;
use geo_types::{Coord, Geometry, LineString, Polygon, line_string, point, polygon};
use proptest::prelude::*;

fn cut_all(geometry: &Geometry<f64>, (z, x, y): (u8, u32, u32), buffer: u32) -> Vec<TileGeometry> {
    let (mut scene, mut cuts) = (Scene::default(), Vec::new());
    scene.push(Some(geometry));
    let coord = TileCoord::new(z, x, y).unwrap();
    cut(scene.get(0).unwrap(), &Frame::new(coord, buffer), Purpose::Vector, &mut Scratch::default(), |cut| {
        cuts.push(cut.clone())
    });
    cuts
}

fn rings_of(cuts: &[TileGeometry]) -> Vec<Ring> {
    let polygons = cuts.iter().flat_map(|cut| match cut {
        TileGeometry::Polygons(polygons) => polygons.clone(),
        _ => vec![],
    });
    polygons.flatten().collect()
}

fn as_geo(polygon: &[Ring]) -> Polygon<f64> {
    let line = |ring: &Ring| LineString::from_iter(ring.iter().map(|[x, y]| Coord { x: f64::from(*x), y: f64::from(*y) }));
    Polygon::new(line(&polygon[0]), polygon[1..].iter().map(line).collect())
}

/// A star with spikes, thin arms and a hole: hard on rounding.
fn star() -> impl Strategy<Value = Geometry<f64>> {
    (-20.0f64..20.0, -10.0f64..20.0, prop::collection::vec(0.001f64..1.0, 4..40), 0.01f64..8.0).prop_map(
        |(lon, lat, radii, size)| {
            let ring = |scale: f64| {
                LineString::from_iter((0..).zip(&radii).map(|(step, radius)| {
                    let angle = f64::from(step) / radii.len() as f64 * std::f64::consts::TAU;
                    (lon + size * scale * radius * angle.cos(), lat + size * scale * radius * angle.sin())
                }))
            };
            Polygon::new(ring(1.0), vec![ring(0.4)]).into()
        },
    )
}

fn tile_at(lon: f64, lat: f64, z: u8) -> (u8, u32, u32) {
    let [x, y] = crate::grid::project(lon, lat).map(|steps| u32::try_from(steps >> (32 - z)).unwrap());
    (z, x, y)
}

fn first_vertex(geometry: &Geometry<f64>) -> Coord<f64> {
    let Geometry::Polygon(polygon) = geometry else { unreachable!() };
    polygon.exterior().0[0]
}

/// Vertices that both of two neighbours see: inside the overlap of their buffers, off the sides along which they were clipped.
fn shared(rings: &[Ring], east: bool, buffer: i32) -> Vec<[i32; 2]> {
    let shift = if east { 4096 } else { 0 };
    let mut vertices: Vec<[i32; 2]> = rings.iter().flatten().map(|[x, y]| [x + shift, *y]).collect();
    vertices.retain(|[x, y]| (4096 - buffer + 1..4096 + buffer).contains(x) && (1 - buffer..4096 + buffer).contains(y));
    vertices.sort_unstable();
    vertices.dedup();
    vertices
}

/// Whether the line `axis = side` lies inside the rings, by the even-odd rule, in the middle between `along` and the next unit.
fn covers(rings: &[Ring], axis: usize, side: i32, along: i32) -> bool {
    let crossed = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1))).filter(|(a, b)| {
        let [a_across, b_across] = [a, b].map(|end| i64::from(end[axis] - side));
        let [a_along, b_along] = [a, b].map(|end| 2 * i64::from(end[1 - axis] - along) - 1);
        // Where the edge crosses, its position along the side has the sign of this share.
        (a_across > 0) != (b_across > 0)
            && (a_along * (b_across - a_across) - a_across * (b_along - a_along)) * (b_across - a_across) < 0
    });
    crossed.count() % 2 == 1
}

proptest! {
    #[test]
    fn what_leaves_is_valid_at_every_zoom(star in star(), z in 0u8..12) {
        let at = first_vertex(&star);
        for cut in cut_all(&star, tile_at(at.x, at.y, z), 64) {
            let TileGeometry::Polygons(polygons) = cut else { unreachable!() };
            for polygon in polygons {
                prop_assert!(as_geo(&polygon).is_valid(), "{polygon:?}");
                prop_assert!(clean::twice_area(&polygon[0]) > 0);
                prop_assert!(polygon[1..].iter().all(|hole| clean::twice_area(hole) < 0));
            }
        }
    }

    #[test]
    fn nothing_vanishes(star in star(), z in 0u8..8) {
        let (_, x, y) = tile_at(first_vertex(&star).x, first_vertex(&star).y, z);
        let last = (1u32 << z) - 1;
        let seen = (x.saturating_sub(1)..=(x + 1).min(last))
            .flat_map(|x| (y.saturating_sub(1)..=(y + 1).min(last)).map(move |y| (z, x, y)))
            .any(|tile| !cut_all(&star, tile, 64).is_empty());
        prop_assert!(seen);
    }

    #[test]
    fn neighbouring_lines_meet_exactly(steps in prop::collection::vec((-0.3f64..0.3, -0.3f64..0.3), 2..60), z in 5u8..11) {
        // A path that wanders across the side between two tiles.
        let (_, x, y) = tile_at(-8.0, 12.0, z);
        let side_lon = f64::from(x + 1) / f64::from(1u32 << z) * 360.0 - 180.0;
        let path = LineString::from_iter(steps.iter().map(|(dx, dy)| (side_lon + dx, 12.0 + dy)));
        let vertices = |tile, east| {
            let cuts = cut_all(&path.clone().into(), tile, 64);
            let lines: Vec<Ring> = cuts.into_iter().flat_map(|cut| match cut { TileGeometry::Lines(lines) => lines, _ => vec![] }).collect();
            shared(&lines, east, 64)
        };
        prop_assert_eq!(vertices((z, x, y), false), vertices((z, x + 1, y), true));
    }

    #[test]
    fn neighbouring_areas_meet_exactly(star in star(), z in 4u8..13, down in any::<bool>()) {
        let at = first_vertex(&star);
        let (z, x, y) = tile_at(at.x, at.y, z);
        let next = if down { (z, x, y + 1) } else { (z, x + 1, y) };
        let (here, there) = (rings_of(&cut_all(&star, (z, x, y), 64)), rings_of(&cut_all(&star, next, 64)));
        let axis = usize::from(down);
        for along in 0..4096 {
            prop_assert_eq!(covers(&here, axis, 4096, along), covers(&there, axis, 0, along), "{}", along);
        }
    }

    #[test]
    fn every_vertex_lies_within_the_buffer(star in star(), z in 0u8..14, buffer in 0u32..512) {
        let at = first_vertex(&star);
        let limit = i32::try_from(buffer).unwrap();
        // A mark stands around a point within the buffer, so it may reach half its side beyond.
        let reach = limit + i32::try_from(MARK_UNITS).unwrap() / 2;
        for ring in rings_of(&cut_all(&star, tile_at(at.x, at.y, z), buffer)) {
            prop_assert!(ring.iter().flatten().all(|unit| (-reach..=4096 + reach).contains(unit)));
        }
    }
}

#[test]
fn a_tile_inside_an_area_is_one_full_square() {
    let africa = polygon![(x: -20.0, y: -10.0), (x: 30.0, y: -10.0), (x: 30.0, y: 30.0), (x: -20.0, y: 30.0)];
    let mut ring = rings_of(&cut_all(&africa.into(), tile_at(0.5, 10.5, 10), 64)).remove(0);
    ring.sort_unstable();
    assert_eq!(ring, [[-64, -64], [-64, 4160], [4160, -64], [4160, 4160]]);
}

#[test]
fn an_area_too_small_to_see_becomes_a_mark() {
    let hut = polygon![(x: -8.0, y: 12.0), (x: -7.9999, y: 12.0), (x: -7.9999, y: 12.0001)];
    let rings = rings_of(&cut_all(&hut.into(), tile_at(-8.0, 12.0, 4), 64));
    assert_eq!(rings.len(), 1);
    assert_eq!(clean::twice_area(&rings[0]), 2 * MARK_UNITS * MARK_UNITS);
}

#[test]
fn a_sliver_whose_area_rounds_away_becomes_a_mark() {
    let sliver = polygon![(x: -8.0, y: 12.0), (x: -7.0, y: 12.0), (x: -7.0, y: 12.000_001)];
    let seen: usize = (0..3).map(|dx| cut_all(&sliver.clone().into(), (9, 244 + dx, 238), 64).len()).sum();
    assert!(seen > 0);
}

#[test]
fn a_line_too_short_to_see_keeps_a_length() {
    let step = line_string![(x: -8.0, y: 12.0), (x: -7.99999, y: 12.0)];
    let [TileGeometry::Lines(lines)] = &cut_all(&step.into(), tile_at(-8.0, 12.0, 3), 64)[..] else { panic!("one line") };
    assert_ne!(lines[0].first(), lines[0].last());
}

#[test]
fn a_picture_needs_fewer_vertices_and_shows_the_same_areas() {
    let ring = (0..4000u32).map(|step| {
        let angle = f64::from(step) / 4000.0 * std::f64::consts::TAU;
        let radius = 2.0 + 0.02 * (angle * 300.0).sin();
        (-8.0 + radius * angle.cos(), 12.0 + radius * angle.sin())
    });
    let mut scene = Scene::default();
    scene.push(Some(&Polygon::new(LineString::from_iter(ring), vec![]).into()));
    let lake = scene.get(0).unwrap();
    let rings = |zoom, purpose| {
        let mut cuts = Vec::new();
        let (z, x, y) = tile_at(-8.0, 12.0, zoom);
        cut(lake, &Frame::new(TileCoord::new(z, x, y).unwrap(), 64), purpose, &mut Scratch::default(), |cut| {
            cuts.push(cut.clone())
        });
        rings_of(&cuts)
    };
    let count = |rings: &[Ring]| rings.iter().map(Vec::len).sum::<usize>() as f64;
    let area = |rings: &[Ring]| rings.iter().map(|ring| clean::twice_area(ring)).sum::<i64>().abs() as f64;
    for (zoom, zooms_below, off) in [(6, 1, 0.002), (4, 2, 0.02)] {
        let (vector, picture) = (rings(zoom, Purpose::Vector), rings(zoom, Purpose::Picture { zooms_below }));
        assert!(count(&picture) < 0.8 * count(&vector), "{} of {}", count(&picture), count(&vector));
        assert!((area(&picture) / area(&vector) - 1.0).abs() < off, "{} of {}", area(&picture), area(&vector));
    }
}

#[test]
fn what_a_coarse_level_leaves_out_shows_in_pictures() {
    // A long way along a tile's side, with detours into it that only the finest level has.
    let coarse = (0..40u32).map(|step| (-12.0 + 0.05 * f64::from(step), -5.0 + f64::from(step % 2)));
    let fine = (0..=20_000u32).map(|step| {
        let detour = if step % 100 == 50 && (3_000..17_000).contains(&step) { 0.0215 } else { 0.0 };
        (-10.0 + f64::from(step) / 1_000.0, -0.0115 + 1e-5 * f64::from(step % 3) + detour)
    });
    let line: LineString<f64> = coarse.chain(fine).collect();
    let area =
        Polygon::new(line.0.iter().copied().chain([Coord { x: 10.0, y: -9.0 }, Coord { x: -12.0, y: -9.0 }]).collect(), vec![]);
    let frame = Frame::new(TileCoord::new(13, 4_063, 4_095).unwrap(), 32);
    for geometry in [Geometry::from(line), area.into()] {
        let mut scene = Scene::default();
        scene.push(Some(&geometry));
        let highest = |purpose| {
            let mut highest = None;
            cut(scene.get(0).unwrap(), &frame, purpose, &mut Scratch::default(), |cut| {
                let paths = match cut {
                    TileGeometry::Lines(lines) => lines.clone(),
                    other => rings_of(std::slice::from_ref(other)),
                };
                highest = paths.iter().flatten().map(|at| at[1]).filter(|y| (0..4_096).contains(y)).min();
            });
            highest
        };
        let pictures = [0, 1, 2].map(|zooms_below| highest(Purpose::Picture { zooms_below }));
        assert!(
            pictures.iter().all(|picture| picture.is_some_and(|y| y < 3_200)),
            "{:?}, {pictures:?}",
            highest(Purpose::Vector)
        );
    }
}

#[test]
fn a_small_closed_line_is_a_line_at_every_zoom() {
    let walk =
        line_string![(x: -8.0, y: 12.0), (x: -7.98, y: 12.02), (x: -7.96, y: 12.0), (x: -7.98, y: 11.98), (x: -8.0, y: 12.0)];
    for z in 0..20 {
        let cuts = cut_all(&walk.clone().into(), tile_at(-8.0, 12.0, z), 64);
        let [TileGeometry::Lines(lines)] = &cuts[..] else { panic!("one line at {z}: {cuts:?}") };
        assert!(lines.iter().all(|line| line.len() > 1 && line.windows(2).all(|pair| pair[0] != pair[1])), "{z}: {lines:?}");
    }
}

#[test]
fn what_shows_on_both_sides_of_the_antimeridian_is_one_geometry() {
    let everywhere: Geometry<f64> = Geometry::MultiPoint(vec![point!(x: 179.9, y: 1.0), point!(x: -179.9, y: 1.0)].into());
    let [TileGeometry::Points(points)] = &cut_all(&everywhere, (0, 0, 0), 64)[..] else { panic!("one multipoint") };
    assert_eq!(points.len(), 4, "each shows at its place and, in the buffer, beyond the other edge");
}

#[test]
fn the_far_side_of_the_antimeridian_shows_in_the_buffer() {
    let fiji = point!(x: 179.9, y: -17.0).into();
    let [TileGeometry::Points(points)] = &cut_all(&fiji, tile_at(-179.9, -17.0, 5), 64)[..] else { panic!("one point") };
    assert!(points[0][0] < 0 && points[0][0] > -64);
}

#[test]
fn a_world_wide_area_is_drawn_in_every_tile() {
    let world: Geometry<f64> =
        polygon![(x: -180.0, y: -90.0), (x: 180.0, y: -90.0), (x: 180.0, y: 90.0), (x: -180.0, y: 90.0)].into();
    for tile in [(0, 0, 0), (2, 0, 0), (2, 3, 3), (5, 31, 0), (20, 0, (1 << 20) - 1)] {
        assert!(!rings_of(&cut_all(&world, tile, 64)).is_empty(), "{tile:?}");
    }
}

#[test]
fn a_huge_ring_costs_a_tile_only_its_stretch() {
    let ring = (0..100_000u32).map(|step| {
        let angle = f64::from(step) / 100_000.0 * std::f64::consts::TAU;
        let radius = 5.0 + 0.01 * (angle * 900.0).sin();
        (radius * angle.cos(), 10.0 + radius * angle.sin())
    });
    let lake = Polygon::new(LineString::from_iter(ring), vec![]);
    let rings = rings_of(&cut_all(&lake.into(), tile_at(5.0, 10.0, 12), 64));
    let vertices: usize = rings.iter().map(Vec::len).sum();
    assert!(vertices > 20 && vertices < 2_000, "{vertices}");
}

#[test]
fn points_outside_the_buffer_stay_out_and_repeated_ones_merge() {
    let points: Geometry<f64> =
        Geometry::MultiPoint(vec![point!(x: -8.0, y: 12.0), point!(x: -8.0, y: 12.0), point!(x: 8.0, y: 12.0)].into());
    let [TileGeometry::Points(points)] = &cut_all(&points, tile_at(-8.0, 12.0, 8), 64)[..] else { panic!("one multipoint") };
    assert_eq!(points.len(), 1);
}

#[test]
fn an_exact_cut_has_the_vertices_of_the_source_and_no_others() {
    // Steps of three units at zoom 4, so that rounding joins none of them, and a deviation that nobody sees.
    let step = 360.0 / 16.0 / 4096.0 * 3.0;
    let line = LineString::from_iter((0..1000).map(|at| (-11.0 + step * f64::from(at), 10.0 + step / 3.0 * f64::from(at % 2))));
    let mut scene = Scene::default();
    scene.push(Some(&line.into()));
    let vertices = |purpose| {
        let (mut count, (z, x, y)) = (0, tile_at(-11.0, 10.0, 4));
        cut(scene.get(0).unwrap(), &Frame::new(TileCoord::new(z, x, y).unwrap(), 64), purpose, &mut Scratch::default(), |cut| {
            let TileGeometry::Lines(lines) = cut else { panic!("lines") };
            count += lines.iter().map(Vec::len).sum::<usize>();
        });
        count
    };
    assert!(vertices(Purpose::Vector) < 10);
    // What lies in the tile and its buffer, and where the line leaves that.
    let inside = (0..1000).filter(|at| (-11.0 + step * f64::from(*at)) / 360.0 * 16.0 * 4096.0 <= 64.0).count();
    assert_eq!(vertices(Purpose::Exact), inside + 1);
}

#[test]
fn an_exact_cut_has_the_corners_of_areas_that_others_show_as_a_mark_and_a_mark_of_what_rounds_to_nothing() {
    let unit = 360.0 / 16.0 / 4096.0;
    let corners = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 5.0), (0.0, 5.0)];
    let cut_as = |purpose, size: f64| {
        let ring = corners.map(|(x, y)| (-11.0 + unit * size * x, 10.0 + unit * size * y));
        let mut scene = Scene::default();
        scene.push(Some(&Polygon::new(LineString::from(ring.to_vec()), vec![]).into()));
        let (mut all, (z, x, y)) = (Vec::new(), tile_at(-11.0, 10.0, 4));
        let frame = Frame::new(TileCoord::new(z, x, y).unwrap(), 64);
        cut(scene.get(0).unwrap(), &frame, purpose, &mut Scratch::default(), |cut| all.push(cut.clone()));
        let [TileGeometry::Polygons(areas)] = &all[..] else { panic!("an area: {all:?}") };
        (areas[0][0].len(), clean::twice_area(&areas[0][0]) / 2)
    };
    let mark = (4, MARK_UNITS * MARK_UNITS);
    assert_eq!((cut_as(Purpose::Vector, 1.0), cut_as(Purpose::Vector, 0.01)), (mark, mark));
    assert_eq!((cut_as(Purpose::Exact, 1.0), cut_as(Purpose::Exact, 0.01)), ((6, 14), mark));
}
