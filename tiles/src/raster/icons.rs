//! Icons and hatches as our own drawings: a JSON table of SVG path texts, the same that the web map draws.

use super::canvas::Picture;
use super::color::{self, Rgba, faded};
use super::pen::Pen;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use vello_cpu::kurbo::{BezPath, Cap, Join, Shape};

/// Why a table of icons cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IconsError {
    /// No JSON, or not of this shape.
    #[error("the icons are no table of icons: {0}")]
    Json(#[from] serde_json::Error),
    /// A path or colour that cannot be read.
    #[error("icon '{icon}': {reason}")]
    Part {
        /// The icon.
        icon: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// For readers of the file.
    #[serde(default, rename = "note")]
    _note: String,
    icons: BTreeMap<String, IconText>,
    patterns: BTreeMap<String, Vec<HatchText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IconText {
    size: f64,
    paths: Vec<PathText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathText {
    d: String,
    fill: Option<String>,
    stroke: Option<String>,
    #[serde(default)]
    width: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HatchText {
    angle: f64,
    spacing: f64,
    width: f64,
    color: String,
}

/// One drawing, centred on its square.
#[derive(Debug)]
pub(super) struct Icon {
    /// Side of the square that holds all of it, style pixels.
    pub(super) size: f64,
    paths: Vec<Stroke>,
}

impl Icon {
    /// Draws it around the picture's origin.
    pub(super) fn draw(&self, opacity: f32, picture: &mut Picture<'_>) {
        for part in &self.paths {
            if let Some(color) = part.fill {
                picture.fill(&part.path, faded(color, opacity));
            }
            if let Some((color, width)) = part.stroke {
                let color = faded(color, opacity);
                picture.stroke(&part.path, Pen { color, width, cap: Cap::Round, join: Join::Round, miter_limit: 1.0 });
            }
        }
    }

    /// How far it reaches from its middle along either axis, style pixels.
    fn reach(&self) -> f64 {
        let reaches = self.paths.iter().map(|part| {
            let bounds = part.path.bounding_box();
            let farthest = [bounds.x0, bounds.x1, bounds.y0, bounds.y1].into_iter().map(f64::abs).fold(0.0, f64::max);
            farthest + part.stroke.map_or(0.0, |(_, width)| width / 2.0)
        });
        reaches.fold(0.0, f64::max)
    }
}

/// One path of an icon.
#[derive(Debug)]
pub(super) struct Stroke {
    pub(super) path: BezPath,
    pub(super) fill: Option<Rgba>,
    pub(super) stroke: Option<(Rgba, f64)>,
}

/// Parallel lines.
#[derive(Debug)]
pub(super) struct Hatch {
    /// Direction, radians, y down.
    pub(super) angle: f64,
    /// From line to line, style pixels.
    pub(super) spacing_px: f64,
    pub(super) width_px: f64,
    pub(super) color: Rgba,
}

/// All drawings by name.
#[derive(Debug, Default)]
pub struct Icons {
    icons: BTreeMap<String, Icon>,
    hatches: BTreeMap<String, Vec<Hatch>>,
    /// Names that were asked for in vain, each with whether that has been told.
    missed: Mutex<BTreeMap<String, bool>>,
}

/// Names of absent drawings that are remembered: data can ask for any number.
const MOST_MISSED: usize = 100;

impl Icons {
    /// Reads a table: `icons` by name (size, paths), `patterns` by name (hatch lines).
    pub fn parse(text: &str) -> Result<Self, IconsError> {
        let table: Table = serde_json::from_str(text)?;
        let icons = table.icons.into_iter().map(|(name, icon)| {
            let wrong = |reason: String| IconsError::Part { icon: name.clone(), reason };
            if !(0.0..=LARGEST_PX).contains(&icon.size) {
                return Err(wrong(format!("'size' is {}; write the side of its square, 0 to {LARGEST_PX} pixels", icon.size)));
            }
            let paths = icon.paths.iter().map(|part| stroke(part).map_err(wrong)).collect::<Result<_, _>>()?;
            let icon = Icon { size: icon.size, paths };
            let (reach, half) = (icon.reach(), icon.size / 2.0);
            if reach > half + ROUNDING_PX {
                return Err(wrong(format!("the drawing reaches {reach:.1} pixels from its middle, its square only {half}")));
            }
            Ok((name, icon))
        });
        let hatches = table.patterns.into_iter().map(|(name, lines)| {
            let wrong = |reason: String| IconsError::Part { icon: name.clone(), reason };
            let lines = lines.iter().map(|line| hatch(line).map_err(wrong)).collect::<Result<_, _>>()?;
            Ok((name, lines))
        });
        let (icons, hatches) = (icons.collect::<Result<_, IconsError>>()?, hatches.collect::<Result<_, IconsError>>()?);
        Ok(Self { icons, hatches, missed: Mutex::default() })
    }

    /// The icon of a name, for drawing it.
    pub(super) fn icon(&self, name: &str) -> Option<&Icon> {
        self.icons.get(name).or_else(|| self.miss(name))
    }

    /// The pattern of a name, for drawing it.
    pub(super) fn hatch(&self, name: &str) -> Option<&[Hatch]> {
        self.hatches.get(name).or_else(|| self.miss(name)).map(Vec::as_slice)
    }

    pub(super) fn has_icon(&self, name: &str) -> bool {
        self.icons.contains_key(name)
    }

    pub(super) fn has_hatch(&self, name: &str) -> bool {
        self.hatches.contains_key(name)
    }

    /// Names that data asked for in vain while drawing, each told once, up to a hundred of them.
    pub fn newly_missed(&self) -> Vec<String> {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = |(name, is_told): (&String, &mut bool)| (!std::mem::replace(is_told, true)).then(|| name.clone());
        missed.iter_mut().filter_map(untold).collect()
    }

    fn miss<T>(&self, name: &str) -> Option<T> {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if !name.is_empty() && missed.len() < MOST_MISSED && !missed.contains_key(name) {
            missed.insert(name.chars().take(LONGEST_NAME).collect(), false);
        }
        None
    }

    pub(super) fn icons(&self) -> impl Iterator<Item = (&str, &Icon)> {
        self.icons.iter().map(|(name, icon)| (name.as_str(), icon))
    }

    pub(super) fn hatches(&self) -> impl Iterator<Item = (&str, &[Hatch])> {
        self.hatches.iter().map(|(name, lines)| (name.as_str(), lines.as_slice()))
    }
}

/// Letters of a name of an absent drawing that are remembered.
const LONGEST_NAME: usize = 100;
/// How far a drawing may reach beyond its square, style pixels: its arcs are not exact.
const ROUNDING_PX: f64 = 0.01;
/// How large anything in a drawing is, style pixels.
const LARGEST_PX: f64 = 512.0;

fn rgba(text: &str) -> Result<Rgba, String> {
    color::parse(text).ok_or_else(|| format!("'{text}' is no colour"))
}

fn stroke(part: &PathText) -> Result<Stroke, String> {
    let path = BezPath::from_svg(&part.d).map_err(|error| format!("'{}': {error}", part.d))?;
    let reach = path.control_box().abs();
    let is_near = [reach.x0, reach.y0, reach.x1, reach.y1].iter().all(|at| at.abs() <= LARGEST_PX);
    if !is_near || !(0.0..=LARGEST_PX).contains(&part.width) {
        return Err(format!("a path stays within {LARGEST_PX} pixels of the middle, and its stroke is 0 to {LARGEST_PX} wide"));
    }
    Ok(Stroke {
        path,
        fill: part.fill.as_deref().map(rgba).transpose()?,
        stroke: part.stroke.as_deref().map(rgba).transpose()?.map(|color| (color, part.width)),
    })
}

fn hatch(line: &HatchText) -> Result<Hatch, String> {
    if !(2.0..=LARGEST_PX).contains(&line.spacing) || line.width <= 0.0 || line.width > LARGEST_PX {
        return Err(format!("hatch lines stand 2 to {LARGEST_PX} pixels apart and are up to {LARGEST_PX} wide"));
    }
    if ![0.0, 45.0, -45.0].contains(&line.angle) {
        return Err(format!(
            "hatch lines run at an angle of 0, 45 or -45 degrees, so that a square of them repeats; not at {}",
            line.angle
        ));
    }
    Ok(Hatch { angle: line.angle.to_radians(), spacing_px: line.spacing, width_px: line.width, color: rgba(&line.color)? })
}
