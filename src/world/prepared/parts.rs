//! A published layer as sections of a file, and back: the index, the features, and what tiles read, each on a thread of its own.

use super::PreparedError;
use super::flat::{Reading, Section, Sink};
use super::head::{LayerHead, SECTIONS};
use crate::world::Published;
use crate::world::drawn::{Drawn, DrawnLists};
use roadblock_layers::features::{FeatureLists, Features};
use roadblock_layers::index::{Index, IndexLists};
use roadblock_layers::layer::{Layer, LayerKind};
use roadblock_layers::lists::TextLists;
use roadblock_tiles::budget::{Budget, BudgetLists};
use roadblock_tiles::grid::MAX_ZOOM;
use roadblock_tiles::scene::{Scene, SceneLists};
use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

/// Writes the sections of a layer; `None` for one with times, which no file has, or with edits, which the file has not.
pub(super) fn write(
    published: &Published,
    table: String,
    to: &mut dyn Write,
    stopped: &AtomicBool,
) -> io::Result<Option<LayerHead>> {
    let layer = &published.layer;
    let (Some(lists), Some(drawn)) = (layer.lists(), published.drawn.lists()) else { return Ok(None) };
    let mut section = |lists: &dyn Fn(&mut Sink<'_>) -> io::Result<()>| {
        let mut sink = Sink::new(to, stopped);
        lists(&mut sink)?;
        Ok::<_, io::Error>(sink.finish())
    };
    let sections = [
        section(&|sink| write_index(sink, &lists.index))?,
        section(&|sink| {
            write_features(sink, &lists.features)?;
            sink.list(&lists.by_id)?;
            sink.list(&lists.without_geometry)
        })?,
        section(&|sink| write_drawn(sink, &drawn, &published.budget))?,
    ];
    Ok(Some(LayerHead { table, about: layer.about(), revision: published.revision, sections }))
}

/// Reads the sections of a layer, the first of which begins at `at`. Nothing in them is believed.
pub(super) fn read(file: &File, mut at: u64, head: LayerHead) -> Result<Published, PreparedError> {
    let LayerHead { about, revision, sections, .. } = head;
    let mut next = |section: Section| {
        let reading = Reading::new(file, at, section);
        at += section.bytes;
        reading
    };
    let [index, features, drawn]: [Reading<'_>; SECTIONS] = sections.map(&mut next);
    let count = about.features;
    let (index, features, drawn) = std::thread::scope(|scope| {
        let index = scope.spawn(move || read_index(index, count));
        let drawn = scope.spawn(move || read_drawn(drawn));
        (joined(index), read_features(features), joined(drawn))
    });
    let ((features, by_id, without_geometry), (scene, drawn, budget)) = (features?, drawn?);
    let zooms = about.meta.min_zoom..=about.meta.max_zoom;
    if about.meta.kind != LayerKind::Reference || zooms.is_empty() || *zooms.end() > MAX_ZOOM {
        return Err(PreparedError::Broken("a layer that no file makes"));
    }
    let layer = Layer::assembled(about, features, index?, by_id, without_geometry)?;
    let drawn = Drawn::from_lists(scene, drawn, &layer).ok_or(PreparedError::Broken("tiles of other features"))?;
    Ok(Published::again(layer, drawn, budget, revision))
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn write_index(sink: &mut Sink<'_>, lists: &IndexLists<'_>) -> io::Result<()> {
    sink.list(&lists.ranks)?;
    sink.list(&lists.boxes)?;
    sink.list(&lists.features)
}

fn read_index(mut from: Reading<'_>, count: usize) -> Result<Index, PreparedError> {
    let lists = IndexLists { ranks: from.list()?.into(), boxes: from.list()?.into(), features: from.list()?.into() };
    from.finish()?;
    Ok(Index::from_lists(lists, count)?)
}

fn write_features(sink: &mut Sink<'_>, lists: &FeatureLists<'_>) -> io::Result<()> {
    sink.list(&lists.ids)?;
    sink.list(&lists.id_kinds)?;
    write_texts(sink, &lists.id_texts)?;
    sink.list(&lists.places)?;
    sink.list(&lists.place_ends)?;
    sink.list(&lists.value_kinds)?;
    sink.list(&lists.values)?;
    write_texts(sink, &lists.value_texts)?;
    sink.list(&[lists.columns.len() as u64])?;
    lists.columns.iter().try_for_each(|codes| sink.list(codes))
}

/// The features, their numbers by id, and those without a place.
type Numbered = (Features, Vec<u32>, Vec<u32>);

fn read_features(mut from: Reading<'_>) -> Result<Numbered, PreparedError> {
    let ids = from.list()?.into();
    let id_kinds = from.list()?.into();
    let id_texts = read_texts(&mut from)?;
    let (places, place_ends) = (from.list()?.into(), from.list()?.into());
    let (value_kinds, values) = (from.list()?.into(), from.list()?.into());
    let value_texts = read_texts(&mut from)?;
    let [width] = *from.list::<u64>()? else { return Err(PreparedError::Broken("features without columns")) };
    let mut columns = Vec::new();
    for _ in 0..width {
        columns.push(from.list()?.into());
    }
    let (by_id, without_geometry) = (from.list()?, from.list()?);
    from.finish()?;
    let lists = FeatureLists { ids, id_kinds, id_texts, places, place_ends, columns, value_kinds, values, value_texts };
    Ok((Features::from_lists(lists)?, by_id, without_geometry))
}

fn write_texts(sink: &mut Sink<'_>, lists: &TextLists<'_>) -> io::Result<()> {
    sink.list(&lists.bytes)?;
    sink.list(&lists.ends)
}

fn read_texts(from: &mut Reading<'_>) -> Result<TextLists<'static>, PreparedError> {
    Ok(TextLists { bytes: from.list()?.into(), ends: from.list()?.into() })
}

fn write_drawn(sink: &mut Sink<'_>, (scene, lists): &(&Scene, DrawnLists<'_>), budget: &Budget) -> io::Result<()> {
    let (scene, budget) = (scene.lists(), budget.lists());
    sink.list(&lists.ids)?;
    sink.list(&lists.codes)?;
    sink.list(&budget.left_out)?;
    sink.list(&budget.totals)?;
    sink.list(&scene.ends)?;
    sink.list(&scene.shapes)?;
    sink.list(&scene.points)?;
    sink.list(&scene.polygons)?;
    sink.list(&scene.paths)?;
    sink.list(&scene.levels)?;
    sink.list(&scene.vertices)?;
    sink.list(&scene.ranks)?;
    sink.list(&scene.chunks)
}

fn read_drawn(mut from: Reading<'_>) -> Result<(Scene, DrawnLists<'static>, Budget), PreparedError> {
    let drawn = DrawnLists { ids: from.list()?.into(), codes: from.list()?.into() };
    let budget = BudgetLists { left_out: from.list()?.into(), totals: from.list()?.into() };
    let scene = SceneLists {
        ends: from.list()?.into(),
        shapes: from.list()?.into(),
        points: from.list()?.into(),
        polygons: from.list()?.into(),
        paths: from.list()?.into(),
        levels: from.list()?.into(),
        vertices: from.list()?.into(),
        ranks: from.list()?.into(),
        chunks: from.list()?.into(),
    };
    from.finish()?;
    Ok((Scene::from_lists(scene)?, drawn, Budget::from_lists(budget)?))
}
