use super::*;
use crate::world::file::Files;
use crate::world::prepared::flat::Section;
use proptest::prelude::*;
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant};
use std::fs;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Points, lines, areas, a feature without a place, one that is refused, texts and numbers as ids, nested values.
const TOWNS: &str = r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[-8.0,12.65]},"properties":{"name":"Bamako","people":4000000,"tags":["capital"]}}
{"type":"Feature","id":"road","geometry":{"type":"LineString","coordinates":[[-8.0,12.65],[-7.5,12.9],[-6.2,13.4]]},"properties":{"name":"RN6","people":null,"share":0.5}}
{"type":"Feature","id":9,"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]},"properties":{"name":"zone","open":true}}
{"type":"Feature","id":10,"geometry":null,"properties":{"name":"nowhere"}}
{"type":"Feature","id":11,"geometry":{"type":"Point","coordinates":[-8.0,99.0]},"properties":{}}
{"type":"Feature","id":12,"geometry":{"type":"Point","coordinates":[-4.2,14.5]},"properties":{"name":"Mopti","people":120000}}
"#;

/// A source in a folder of its own, and its settings.
fn source() -> (TempDir, LayerSettings) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("towns.geojsonl");
    fs::write(&path, TOWNS).unwrap();
    (folder, LayerSettings { tile_budget_kb: Some(1), ..LayerSettings::from_path(path) })
}

/// The layers of a source as it is read itself.
fn from_source(settings: &LayerSettings) -> Vec<Arc<Published>> {
    let basemap = Arc::new(crate::world::builtin::basemap().unwrap());
    let world = Files::load(std::slice::from_ref(settings), basemap).unwrap().world();
    world.data_layers().cloned().collect()
}

/// A job, and what it keeps, which is served as long as it is held.
fn job(settings: &LayerSettings) -> (Job, Vec<(String, Arc<Published>)>) {
    let layers: Vec<_> = from_source(settings).into_iter().map(|published| ("towns".to_owned(), published)).collect();
    (Job::new(settings.clone(), 0, Stamp::of(&settings.path).unwrap(), &layers), layers)
}

fn write(settings: &LayerSettings) -> PathBuf {
    let path = place::beside(&settings.path, 0);
    let (job, _served) = job(settings);
    let bytes = job.write(&path, &AtomicBool::new(false)).unwrap();
    assert_eq!(bytes, fs::metadata(&path).unwrap().len());
    path
}

fn read(settings: &LayerSettings) -> Option<Vec<Published>> {
    let found = Found::of(settings, 0, &Stamp::of(&settings.path).unwrap())?;
    let names: Vec<LayerName> = found.tables().map(LayerName::from_text).collect();
    found.layers(&names)
}

#[test]
fn a_layer_comes_back_as_it_was_published() {
    let (_folder, settings) = source();
    write(&settings);
    let (before, after) = (&from_source(&settings)[0], &read(&settings).unwrap()[0]);
    assert_eq!((after.revision, after.layer.about()), (before.revision, before.layer.about()));
    assert_eq!((after.layer.digest(), after.layer.lists()), (before.layer.digest(), before.layer.lists()));
    assert_eq!(format!("{:?}", after.drawn), format!("{:?}", before.drawn));
    assert_eq!(after.budget.lists(), before.budget.lists());
    assert_eq!(after.layer.losses.len(), 1);
    let (mut hits, asked) = (Vec::new(), Asked { datetime: Datetime::All, known_at: Instant::MAX, phases: None });
    after.layer.query(&[roadblock_layers::index::Bounds::WORLD], 20, &asked, &mut hits);
    assert_eq!((hits, after.layer.without_geometry().collect::<Vec<_>>()), (vec![0, 1, 2, 4], vec![3]));
}

#[test]
fn the_same_layer_is_the_same_bytes() {
    let (_folder, settings) = source();
    let first = fs::read(write(&settings)).unwrap();
    assert_eq!(fs::read(write(&settings)).unwrap(), first);
}

#[test]
fn other_settings_another_name_and_another_source_are_stale() {
    let (_folder, settings) = source();
    write(&settings);
    assert!(read(&settings).is_some());
    let other = |change: fn(&mut LayerSettings)| {
        let mut other = settings.clone();
        change(&mut other);
        read(&other).is_none()
    };
    assert!(other(|settings| settings.tile_budget_kb = Some(2)));
    assert!(other(|settings| settings.properties = Some(vec!["name".into()])));
    assert!(other(|settings| settings.importance = Some("people".into())));
    assert!(other(|settings| settings.cluster = Some(true)));
    assert!(other(|settings| settings.title = Some("Towns".into())));

    let stamp = Stamp::of(&settings.path).unwrap();
    let named = Found::of(&settings, 0, &stamp).unwrap();
    assert!(named.layers(&[LayerName::new("towns_2").unwrap()]).is_none());
    let fewer = Found::of(&settings, 0, &stamp).unwrap();
    assert!(fewer.layers(&[]).is_none());

    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(&settings.path, TOWNS.replace("Mopti", "Kayes")).unwrap();
    assert!(read(&settings).is_none());
}

#[test]
fn nothing_is_written_of_a_source_that_changed_meanwhile_and_nothing_is_left() {
    let (folder, settings) = source();
    let (job, served) = job(&settings);
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(&settings.path, TOWNS).unwrap();
    let path = place::beside(&settings.path, 0);
    let refused = || job.write(&path, &AtomicBool::new(false)).unwrap_err().to_string();
    assert_eq!(refused(), "the source has changed meanwhile");
    drop(served);
    assert_eq!(refused(), "a newer one is served");
    let (_other, settings) = source();
    assert!(job_stopped(&settings).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read_dir(settings.path.parent().unwrap()).unwrap().count(), 1);
}

fn job_stopped(settings: &LayerSettings) -> Result<u64, PreparedError> {
    let (job, _served) = job(settings);
    job.write(&place::beside(&settings.path, 0), &AtomicBool::new(true))
}

#[test]
fn a_prepared_file_by_itself_is_refused_and_its_source_asked_for() {
    let (_folder, settings) = source();
    let path = write(&settings);
    let basemap = Arc::new(crate::world::builtin::basemap().unwrap());
    let refused = Files::load(&[LayerSettings::from_path(path)], basemap).err().unwrap().to_string();
    assert!(refused.ends_with("name the source"), "{refused}");
}

/// A prepared file that is read as it should be, and its content.
fn whole() -> &'static (TempDir, LayerSettings, PathBuf, Vec<u8>) {
    static WHOLE: OnceLock<(TempDir, LayerSettings, PathBuf, Vec<u8>)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let (folder, settings) = source();
        let path = write(&settings);
        let content = fs::read(&path).unwrap();
        (folder, settings, path, content)
    })
}

/// Reads other content as if it stood in the place of the whole.
fn reads(content: &[u8]) -> bool {
    let (_, settings, ..) = whole();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("towns.geojsonl.roadblock");
    fs::write(&path, content).unwrap();
    let moved = LayerSettings { path: folder.path().join("towns.geojsonl"), ..settings.clone() };
    let found = Found::of(&moved, 0, &Stamp::of(&settings.path).unwrap());
    found.is_some_and(|found| found.layers(&[LayerName::from_text("towns")]).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cut_anywhere_or_changed_in_any_bit_it_is_refused(at in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let content = &whole().3;
        let at = at.index(content.len());
        prop_assert!(!reads(&content[..at]));
        let mut changed = content.clone();
        changed[at] ^= 1 << bit;
        prop_assert!(!reads(&changed));
    }

    /// With checksums that fit: whoever wrote it knew the format.
    #[test]
    fn whatever_the_sections_say_nothing_panics(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), prop_oneof![Just(0u8), Just(1), Just(255), any::<u8>()]), 1..4),
    ) {
        let (_, settings, path, content) = whole();
        let (start, end) = (PREFIX_BYTES as usize, content.len());
        let file = File::open(path).unwrap();
        let mut head = Head::read(&file).unwrap();
        let sections: u64 = head.layers[0].sections.iter().map(|section| section.bytes).sum();
        let mut changed = content[start..start + sections as usize].to_vec();
        prop_assert!(start + changed.len() < end);
        for (at, byte) in changes {
            let at = at.index(changed.len());
            changed[at] = byte;
        }
        let mut rest = changed.as_slice();
        head.layers[0].sections = head.layers[0].sections.map(|section| {
            let (own, others) = rest.split_at(section.bytes as usize);
            rest = others;
            digested(own)
        });
        let forged = tempfile::tempfile().unwrap();
        std::os::unix::fs::FileExt::write_all_at(&forged, &changed, PREFIX_BYTES).unwrap();
        head.write(&forged, PREFIX_BYTES + sections).unwrap();
        let head = Head::read(&forged).unwrap();
        prop_assert!(head.is_of(&Stamp::of(&settings.path).unwrap(), &told(settings)).is_ok());
        for layer in head.layers {
            if let Ok(published) = parts::read(&forged, PREFIX_BYTES, layer) {
                show(&published);
            }
        }
    }
}

fn digested(bytes: &[u8]) -> Section {
    let (mut nowhere, stopped) = (io::sink(), AtomicBool::new(false));
    let mut sink = flat::Sink::new(&mut nowhere, &stopped);
    sink.raw(bytes).unwrap();
    sink.finish()
}

/// Everything that a request may ask of a layer, as far as it stands in the file.
fn show(published: &Published) {
    let mut hits = Vec::new();
    let asked = Asked { datetime: Datetime::All, known_at: Instant::MAX, phases: None };
    published.layer.query(&[roadblock_layers::index::Bounds::WORLD], u8::MAX, &asked, &mut hits);
    for (_, feature) in published.layer.features() {
        let _ = (feature.geometry(), published.layer.by_id(feature.id(), &asked));
        (0..5).for_each(|column| drop(feature.value(column).to_json()));
    }
    let drawn = hits.iter().filter(|number| published.drawn.get(**number).is_some());
    assert_eq!(drawn.count(), hits.len(), "whatever is found can be drawn");
}
