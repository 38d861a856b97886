//! What a static map or a legend is asked to show: layers, times, and a box, or a place with a zoom.

use super::super::bbox;
use super::super::call::Call;
use super::super::clustered;
use super::super::home;
use super::super::layer_set::LayerSet;
use super::super::query::TILE_PARAMETERS;
use super::super::words::Language;
use super::layers;
use crate::portray::MAP_PHASES;
use crate::portray::sheet::{Focus, Plan, Words};
use crate::problem::Problem;
use crate::style::{Look, Named};
use crate::world::clusters::Clustered;
use crate::world::{Published, credits};
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::Asked;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;

/// Parameters beside those of tiles.
const PARAMETERS: [&str; 9] = ["bbox", "center", "zoom", "width", "height", "scale", "layers", "legend", "lang"];
/// Longest side of a picture.
const MOST_SIDE_PX: u16 = 4_096;
/// Shortest side.
const LEAST_SIDE_PX: u16 = 128;
const USUAL_SIZE: [u16; 2] = [1_024, 768];
/// Zoom where only a place is named.
const USUAL_ZOOM: f64 = 6.0;
/// Kept free to each side of all there is, as a share of its box.
const MARGIN: f64 = 0.06;
/// Beyond this Web Mercator has no map.
const MOST_LAT_DEG: f64 = 85.051_128_78;

/// A request, read.
pub(super) struct Request {
    pub(super) set: LayerSet,
    pub(super) asked: Asked,
    pub(super) clustered: Clustered,
    pub(super) look: Look,
    pub(super) plan: Plan,
}

/// Reads the parameters; whatever is wrong is a 400 that says what would be right.
pub(super) fn read(call: &Call, named: &Arc<Named>) -> Result<Request, Problem> {
    let known: Vec<&str> = PARAMETERS.into_iter().chain(TILE_PARAMETERS).collect();
    call.query.allow(&known)?;
    let spec = call.query.value("layers")?.map_or_else(|| layers(named, &call.world), str::to_owned);
    let set = LayerSet::resolve(&call.world, &spec)?;
    let asked = call.query.asked(call.world.default_datetime(call.now), call.now, Some(MAP_PHASES))?;
    let clustered = clustered::read(&call.query, &set)?;
    let (_, highest_zoom) = set.zooms();
    let language = Language::of(choice(call, "lang", &["en", "fr"])?).unwrap_or(Language::English);
    let ratio = within(call, "scale", 1..=3)?.unwrap_or(1);
    let plan = Plan {
        focus: focus(call, highest_zoom)?,
        size: size(call, ratio)?,
        ratio,
        highest_zoom,
        with_legend: choice(call, "legend", &["false", "true"])? == "true",
        words: words(call, &set, &asked, language),
    };
    let named = named.french.as_ref().filter(|_| language == Language::French).unwrap_or(named);
    Ok(Request { set, asked, clustered, look: Look { named: Arc::clone(named), with_background: true }, plan })
}

fn focus(call: &Call, highest: u8) -> Result<Focus, Problem> {
    let zoom = within(call, "zoom", 0.0..=f64::from(highest))?;
    match (call.query.value("bbox")?, call.query.value("center")?) {
        (Some(_), Some(_)) => Err(refused("'bbox' and 'center' are both given; write one of them".to_owned())),
        (Some(_), None) if zoom.is_some() => {
            Err(refused("'zoom' goes with 'center'; a 'bbox' decides the zoom itself".to_owned()))
        }
        (Some(text), None) => boxed(text),
        (None, Some(text)) => Ok(Focus::Center(place(text)?, zoom.unwrap_or(USUAL_ZOOM))),
        (None, None) => {
            let bounds = call.world.bounds();
            let all = bounds.map_or([-180.0, -MOST_LAT_DEG, 180.0, MOST_LAT_DEG], |b| [b.west, b.south, b.east, b.north]);
            Ok(match zoom {
                Some(zoom) => Focus::Center([(all[0] + all[2]) / 2.0, (all[1] + all[3]) / 2.0], zoom),
                None => Focus::Box(with_margin(all)),
            })
        }
    }
}

/// A box with room around it, so that nothing lies on the edge of the map.
fn with_margin([west, south, east, north]: [f64; 4]) -> [f64; 4] {
    let [across, up] = [east - west, north - south].map(|side| side * MARGIN);
    [(west - across).max(-180.0), (south - up).max(-MOST_LAT_DEG), (east + across).min(180.0), (north + up).min(MOST_LAT_DEG)]
}

/// A box with a width and a height; one across 180° goes on beyond it.
fn boxed(text: &str) -> Result<Focus, Problem> {
    let boxes = bbox::parse(text)?;
    let (Some(first), Some(last)) = (boxes.first(), boxes.last()) else {
        return Err(bbox::parse("").err().unwrap_or_else(Problem::internal));
    };
    let east = if boxes.len() > 1 { last.east + 360.0 } else { first.east };
    let Bounds { west, south, north, .. } = *first;
    if east <= west || north <= south {
        return Err(refused(format!("'bbox' is '{text}', which has no area; write west,south,east,north in degrees")));
    }
    Ok(Focus::Box([west, south.max(-MOST_LAT_DEG), east, north.min(MOST_LAT_DEG)]))
}

fn place(text: &str) -> Result<[f64; 2], Problem> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([lon, lat]) if lon.abs() <= 180.0 && lat.abs() <= MOST_LAT_DEG => Ok([*lon, *lat]),
        _ => Err(refused(format!(
            "'center' is '{text}'; write longitude,latitude in degrees, -180 to 180 and -{MOST_LAT_DEG} to {MOST_LAT_DEG}"
        ))),
    }
}

fn size(call: &Call, ratio: u16) -> Result<[u16; 2], Problem> {
    let range = LEAST_SIDE_PX..=MOST_SIDE_PX / ratio;
    let width = within(call, "width", range.clone())?.unwrap_or(USUAL_SIZE[0]);
    let height = within(call, "height", range)?.unwrap_or(USUAL_SIZE[1]);
    Ok([width, height])
}

/// A number in a range; `NaN` is in none.
fn within<T: FromStr + PartialOrd + std::fmt::Display>(
    call: &Call,
    name: &str,
    range: RangeInclusive<T>,
) -> Result<Option<T>, Problem> {
    let Some(text) = call.query.value(name)? else { return Ok(None) };
    let number = text.parse().ok().filter(|number| range.contains(number));
    let right = || refused(format!("'{name}' is '{text}'; write a number from {} to {}", range.start(), range.end()));
    number.map(Some).ok_or_else(right)
}

/// One of some words; the first where none is given.
fn choice<'a>(call: &Call, name: &str, words: &[&'a str]) -> Result<&'a str, Problem> {
    let Some(text) = call.query.value(name)? else { return Ok(words.first().copied().unwrap_or_default()) };
    let found = words.iter().copied().find(|word| *word == text);
    found.ok_or_else(|| refused(format!("'{name}' is '{text}'; write {}", words.join(" or "))))
}

fn refused(detail: String) -> Problem {
    Problem::bad_request("InvalidMap", format!("parameter {detail}"))
}

fn words(call: &Call, set: &LayerSet, asked: &Asked, language: Language) -> Words {
    let gaps = [("date", home::moment(&asked.datetime, language)), ("known", language.day(asked.known_at))];
    let gaps = gaps.each_ref().map(|(name, text)| (*name, text.as_str()));
    let titled =
        |shown: &Arc<Published>| (shown.layer.meta.name.as_str().to_owned(), home::title(&shown.layer, language).to_owned());
    let disclaimer = home::disclaimer(call, asked, language).unwrap_or_else(|| language.say("map.warning").to_owned());
    Words {
        title: home::title_of_all(call, language).to_owned(),
        times: language.fill("map.times", &gaps),
        small: vec![disclaimer, credits(&set.layers).join(" | ")],
        titles: set.layers.iter().map(titled).collect(),
        more: language.say("why.more"),
        french: language == Language::French,
    }
}
