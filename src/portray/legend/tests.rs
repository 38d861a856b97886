use super::*;
use crate::portray::{Deadline, MAP_PHASES, picture};
use crate::style::Styles;
use crate::world::World;
use crate::world::clusters::Clustered;
use roadblock_layers::time::{Datetime, Instant};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| builtin::world(at("2026-02-01")).unwrap());

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn asked() -> Asked {
    Asked { datetime: Datetime::At(at("2025-10-22")), known_at: at("2026-01-01"), phases: Some(MAP_PHASES) }
}

fn around(middle_deg: [f64; 2], zoom: f64) -> Section {
    Section::around(middle_deg, zoom, 20, [512, 512], 1).unwrap()
}

fn looks() -> Vec<Look> {
    let styles = Styles::builtin().unwrap();
    styles.all().map(|named| Look { named: Arc::clone(named), with_background: true }).collect()
}

fn layers() -> Vec<Arc<Published>> {
    WORLD.layers.iter().map(Arc::clone).collect()
}

#[test]
fn only_what_is_in_view_is_listed() {
    let (look, mut worker) = (&looks()[0], Worker::default());
    let mut listed = |section| {
        let entries = legend(&layers(), look, &section, &asked(), (&mut worker, Deadline::of_tile(None))).unwrap();
        entries.iter().map(|entry| entry.count).sum::<usize>()
    };
    assert_eq!(listed(around([-30.0, 40.0], 7.0)), 0, "the open sea has no legend");
    assert!(listed(around([-8.0, 12.65], 7.0)) > 10);
}

#[test]
fn what_no_rule_draws_at_a_zoom_is_not_listed() {
    let (look, mut worker) = (&looks()[0], Worker::default());
    let mut towns = |zoom| {
        let entries =
            legend(&layers(), look, &around([-8.0, 12.65], zoom), &asked(), (&mut worker, Deadline::of_tile(None))).unwrap();
        entries.iter().any(|entry| entry.words()[0] == "Town")
    };
    assert!(!towns(6.5) && towns(8.0));
}

#[test]
fn entries_are_what_a_full_scan_finds_in_the_whole_world() {
    let (look, mut worker) = (&looks()[0], Worker::default());
    let whole = Section::around([-6.0, 14.0], 5.0, 20, [4000, 4000], 1).unwrap();
    let entries = legend(&layers(), look, &whole, &asked(), (&mut worker, Deadline::of_tile(None))).unwrap();
    for (name, property) in [("access", "status"), ("areas", "area_class")] {
        let published = WORLD.layer(name).unwrap();
        let of_it =
            |entry: &&Entry| Arc::ptr_eq(&entry.layer, published) && entry.class.as_ref().is_some_and(|(by, _)| by == property);
        let listed: usize = entries.iter().filter(of_it).map(|entry| entry.count).sum();
        assert_eq!(listed, published.layer.select_all(&asked()).count(), "{name}");
    }
}

/// Whether a picture has pixels of a colour that a rule names.
fn has(image: &Image, hex: &str) -> bool {
    let color = [1, 3, 5].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
    image.rgba().chunks_exact(4).any(|pixel| pixel[..3] == color)
}

#[test]
fn a_swatch_has_the_colours_that_the_map_has() {
    let mut worker = Worker::default();
    for look in looks() {
        let section = around([-7.6, 12.4], 8.0);
        let map =
            picture(&layers(), &Clustered::none(), &look, &section, &asked(), (&mut worker, Deadline::of_map(None))).unwrap();
        let mut compared = 0;
        for entry in legend(&layers(), &look, &section, &asked(), (&mut worker, Deadline::of_tile(None))).unwrap() {
            let Some((_, item)) = entry.class.as_ref().filter(|(by, _)| by == "status") else { continue };
            let id = format!("access-{}", item.value);
            let rule = look.named.rules().iter().find(|rule| rule["id"] == id.as_str()).unwrap();
            let hex = rule["paint"]["line-color"].as_str().unwrap();
            assert!(has(&map, hex) && has(&entry.swatch, hex), "{}: {id} is {hex}", look.named.id);
            compared += 1;
        }
        assert!(compared > 1, "{}", look.named.id);
    }
}

#[test]
fn a_legend_is_given_up_when_it_is_too_late() {
    let (look, mut worker) = (&looks()[0], Worker::default());
    let late = Deadline::of_tile(Some(std::time::Duration::ZERO));
    let section = around([-8.0, 12.65], 7.0);
    assert!(matches!(legend(&layers(), look, &section, &asked(), (&mut worker, late)), Err(TooMuch)));
}
