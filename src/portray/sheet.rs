//! A map as a sheet of its own: the section, and around it what makes it a document: title, times, legend, scale, north, credits.
//!
//! ```text
//!   +--------------------+--------+
//!   |                    | legend |
//!   |        map         |        |
//!   +--------------------+--------+
//!   | title, times, disclaimer,  scale |
//!   | credits                    north |
//!   +----------------------------------+
//! ```

use super::Deadline;
use super::legend::{Entry, SWATCH_PX, legend};
use crate::style::Look;
use crate::tile::Worker;
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::Asked;
use roadblock_tiles::raster::{Color, Image, Lettering, Section, Sheet, TooMuch};
use std::collections::BTreeMap;
use std::sync::Arc;

const PAD_PX: f64 = 10.0;
/// Width of the column that holds the legend.
const LEGEND_PX: u16 = 210;
/// Width of the corner that holds scale and north.
const SCALE_PX: f64 = 160.0;
/// Longest scale bar.
const BAR_PX: f64 = 110.0;
const ROW_PX: f64 = 26.0;
/// Most entries of a legend alone.
const MOST_ROWS: usize = 60;
/// Smallest map that a sheet shows.
const LEAST_MAP_PX: u16 = 64;
const EQUATOR_M: f64 = 40_075_016.685_578_49;
/// Pixels of the world at zoom 0.
const WORLD_PX: f64 = 256.0;

/// What is written around the map.
#[derive(Debug, Clone)]
pub struct Words {
    /// What it is a map of.
    pub title: String,
    /// When it holds and what was known.
    pub times: String,
    /// What not to read into it, and whom to credit.
    pub small: Vec<String>,
    /// Titles of layers by their names, in the language of the sheet.
    pub titles: BTreeMap<String, String>,
    /// What is said of so many, `{n}`, for which the legend has no room.
    pub more: &'static str,
    /// Whether French words are wanted of the legend.
    pub french: bool,
}

/// Where the map looks.
#[derive(Debug, Clone, Copy)]
pub enum Focus {
    /// At a place, at a zoom that counts tiles of 256 pixels.
    Center([f64; 2], f64),
    /// At a box: west, south, east, north. All of it is in the map.
    Box([f64; 4]),
}

/// A sheet to draw.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the map looks.
    pub focus: Focus,
    /// Width and height of the sheet, style pixels.
    pub size: [u16; 2],
    /// Picture pixels of a style pixel.
    pub ratio: u16,
    /// Highest zoom that any layer has.
    pub highest_zoom: u8,
    /// Whether it has a legend.
    pub with_legend: bool,
    /// What is written around the map.
    pub words: Words,
}

/// The map's part of a sheet.
struct Frame {
    section: Section,
    size: [u16; 2],
    zoom: f64,
    lat_deg: f64,
}

/// Draws a sheet, unless it takes too much; `None` if it is too small for a map beside its words.
pub fn sheet(
    layers: &[Arc<Published>],
    clustered: &Clustered,
    look: &Look,
    plan: &Plan,
    asked: &Asked,
    worker: &mut Worker,
) -> Result<Option<Image>, TooMuch> {
    let lines = lines(plan);
    let strip = strip_height(&lines, plan, worker);
    let Some(frame) = plan.frame(strip) else { return Ok(None) };
    let deadline = Deadline::of_map(worker.patience);
    let map = super::picture(layers, clustered, look, &frame.section, asked, (worker, deadline))?;
    let entries = match plan.with_legend {
        true => legend(layers, look, &frame.section, asked, (worker, deadline))?,
        false => Vec::new(),
    };
    let [paper, ink, faint] = ["paper", "ink", "faint"].map(|name| look.named.sheet_color(name));
    let mut sheet = worker.canvas.sheet(plan.size, plan.ratio, paper);
    sheet.paste(map, [0.0; 2]);
    let [width, height] = frame.size.map(f64::from);
    sheet.bar([0.0, height], [f64::from(plan.size[0]), 1.0], faint);
    if plan.with_legend {
        sheet.bar([width, 0.0], [1.0, height], faint);
        list(&mut sheet, entries, [width, height], &plan.words, [ink, faint]);
    }
    let mut top = height + PAD_PX;
    for (number, (words, lettering)) in lines.iter().enumerate() {
        top += sheet.text(words, [PAD_PX, top], *lettering, if number < 2 { ink } else { faint }) + 2.0;
    }
    corner(&mut sheet, &frame, [f64::from(plan.size[0]) - SCALE_PX, height + PAD_PX], ink);
    Ok(Some(sheet.finish()))
}

impl Words {
    fn title<'w>(&'w self, entry: &'w Entry) -> &'w str {
        let meta = &entry.layer.layer.meta;
        self.titles.get(meta.name.as_str()).unwrap_or(&meta.title)
    }
}

impl Plan {
    /// The map above a strip of words.
    fn frame(&self, strip_px: f64) -> Option<Frame> {
        let column = if self.with_legend { LEGEND_PX } else { 0 };
        let taken = [column, strip_px.ceil() as u16];
        let sides = [0, 1].map(|axis| self.size[axis].saturating_sub(taken[axis]));
        if sides.iter().any(|side| *side < LEAST_MAP_PX) {
            return None;
        }
        let (middle, zoom) = match self.focus {
            Focus::Center(middle, zoom) => (middle, zoom),
            Focus::Box(bbox) => fitted(bbox, sides.map(f64::from), f64::from(self.highest_zoom)),
        };
        let section = Section::around(middle, zoom, self.highest_zoom, sides, self.ratio)?;
        Some(Frame { section, size: sides, zoom, lat_deg: middle[1] })
    }
}

/// Draws the legend of a sheet alone, as high as it needs to be, unless it takes too much; `None` if there is no such place.
pub fn key(
    layers: &[Arc<Published>],
    look: &Look,
    plan: &Plan,
    asked: &Asked,
    worker: &mut Worker,
) -> Result<Option<Image>, TooMuch> {
    let Some((section, _)) = section(plan) else { return Ok(None) };
    let deadline = Deadline::of_map(worker.patience);
    let entries = legend(layers, look, &section, asked, (worker, deadline))?;
    let [paper, ink, faint] = ["paper", "ink", "faint"].map(|name| look.named.sheet_color(name));
    let rows = entries.len().clamp(1, MOST_ROWS);
    // A heading takes a row at most, and so does a second line.
    let height = (2.0 * PAD_PX + 2.0 * ROW_PX * rows as f64).ceil();
    let mut sheet = worker.canvas.sheet([LEGEND_PX, height as u16], plan.ratio, paper);
    let bottom = list(&mut sheet, entries, [0.0, height], &plan.words, [ink, faint]);
    Ok(Some(sheet.finish_above(bottom + PAD_PX)))
}

/// The section that a sheet without words around it would show.
pub fn section(plan: &Plan) -> Option<(Section, f64)> {
    plan.frame(0.0).map(|frame| (frame.section, frame.zoom))
}

/// Middle and zoom that show all of a box and as little else as the sides allow.
fn fitted([west, south, east, north]: [f64; 4], size: [f64; 2], highest: f64) -> ([f64; 2], f64) {
    let y = |lat_deg: f64| (0.5 - lat_deg.to_radians().sin().atanh() / std::f64::consts::TAU).clamp(0.0, 1.0);
    let shares = [(east - west) / 360.0, y(south) - y(north)];
    let zooms = [0, 1].map(|axis| (size[axis] / (WORLD_PX * shares[axis].max(1e-12))).log2());
    let middle_y = (y(south) + y(north)) / 2.0;
    let lat_deg = (std::f64::consts::TAU * (0.5 - middle_y)).tanh().asin().to_degrees();
    ([(west + east) / 2.0, lat_deg], zooms[0].min(zooms[1]).clamp(0.0, highest))
}

fn lines(plan: &Plan) -> Vec<(&str, Lettering)> {
    let widest = (f64::from(plan.size[0]) - SCALE_PX - 2.0 * PAD_PX).max(80.0);
    let lettering = |size, bold| Lettering { size, bold, widest };
    let head = [(plan.words.title.as_str(), lettering(13.0, true)), (plan.words.times.as_str(), lettering(10.5, false))];
    head.into_iter().chain(plan.words.small.iter().map(|text| (text.as_str(), lettering(8.5, false)))).collect()
}

fn strip_height(lines: &[(&str, Lettering)], plan: &Plan, worker: &mut Worker) -> f64 {
    let text: f64 = lines.iter().map(|(words, lettering)| worker.canvas.measure(words, *lettering)[1] + 2.0).sum();
    (text + 2.0 * PAD_PX).max(60.0).min(f64::from(plan.size[1]))
}

/// The legend's column: as many entries as have room, and how many have none. Answers where it ends.
fn list(sheet: &mut Sheet<'_>, entries: Vec<Entry>, [left, bottom]: [f64; 2], words: &Words, [ink, faint]: [Color; 2]) -> f64 {
    let widest = f64::from(LEGEND_PX) - f64::from(SWATCH_PX[0]) - 3.0 * PAD_PX;
    let plain = Lettering { size: 10.0, bold: false, widest };
    let heading = Lettering { size: 10.5, bold: true, widest: f64::from(LEGEND_PX) - 2.0 * PAD_PX };
    let (mut top, all) = (PAD_PX, entries.len());
    let mut before: Option<Arc<Published>> = None;
    for (number, entry) in entries.into_iter().enumerate() {
        let begins = entry.class.is_some() && before.is_none_or(|before| !Arc::ptr_eq(&before, &entry.layer));
        // Below an entry that is not the last there must be room to say how many are left out.
        let rows = 1 + usize::from(begins) + usize::from(number + 1 < all);
        if top + ROW_PX * rows as f64 > bottom {
            let left_out = all - number;
            let more = words.more.replace("{n}", &left_out.to_string());
            sheet.text(&more, [left + PAD_PX, top + 4.0], plain, faint);
            return top + ROW_PX;
        }
        if begins {
            top += sheet.text(words.title(&entry), [left + PAD_PX, top + 3.0], heading, ink) + 8.0;
        }
        let [en, fr] = entry.words();
        let said = format!("{} ({})", if words.french { fr } else { en }, entry.count);
        sheet.paste(entry.swatch, [left + PAD_PX, top]);
        before = Some(entry.layer);
        let beside = left + f64::from(SWATCH_PX[0]) + 2.0 * PAD_PX;
        let high = sheet.text(&said, [beside, top + 4.0], plain, ink) + 8.0;
        top += high.max(ROW_PX);
    }
    top
}

/// Scale bar, true at the middle of the map, and north.
fn corner(sheet: &mut Sheet<'_>, frame: &Frame, [left, top]: [f64; 2], ink: Color) {
    let metres_per_px = EQUATOR_M * frame.lat_deg.to_radians().cos() / (WORLD_PX * frame.zoom.exp2());
    let (metres, words) = round(metres_per_px * BAR_PX);
    let long = metres / metres_per_px;
    sheet.bar([left, top + 18.0], [long, 2.0], ink);
    sheet.bar([left, top + 13.0], [1.5, 7.0], ink);
    sheet.bar([left + long - 1.5, top + 13.0], [1.5, 7.0], ink);
    let small = Lettering { size: 9.5, bold: false, widest: SCALE_PX };
    sheet.text(&words, [left, top - 2.0], small, ink);
    let middle = left + SCALE_PX - PAD_PX - 12.0;
    sheet.area(&[[middle, top], [middle + 6.0, top + 18.0], [middle, top + 14.0], [middle - 6.0, top + 18.0]], ink);
    sheet.text("N", [middle - 4.0, top + 20.0], Lettering { size: 10.0, bold: true, widest: SCALE_PX }, ink);
}

/// The longest of 1, 2 or 5 times a power of ten metres that is not above `most`.
fn round(most_m: f64) -> (f64, String) {
    let power = 10_f64.powf(most_m.log10().floor());
    let metres = [5.0, 2.0, 1.0].into_iter().map(|times| times * power).find(|metres| *metres <= most_m).unwrap_or(power);
    let words = if metres >= 1_000.0 { format!("{} km", metres / 1_000.0) } else { format!("{metres} m") };
    (metres, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_not_too_long() {
        assert_eq!(round(199_000.0), (100_000.0, "100 km".to_owned()));
        assert_eq!(round(7_300.0).1, "5 km");
        assert_eq!(round(240.0).1, "200 m");
    }

    #[test]
    fn a_box_is_shown_whole() {
        let (middle, zoom) = fitted([-12.0, 10.0, -4.0, 15.0], [800.0, 600.0], 20.0);
        let degrees_across = 800.0 / (256.0 * zoom.exp2()) * 360.0;
        assert!((degrees_across - 8.0).abs() < 1e-6 && (middle[0] + 8.0).abs() < 1e-9, "{degrees_across}");
        assert!(middle[1] > 12.4 && middle[1] < 12.6);
    }
}
