//! The icons and hatches of a style in one picture with its index, as map clients want them: made once, when first asked for, and kept.

use super::Named;
use bytes::Bytes;
use roadblock_tiles::raster::{Canvas, ImageError, Place};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A picture and its index.
pub struct Packed {
    /// The picture, PNG.
    pub png: Bytes,
    /// Where each image is in it: `width`, `height`, `x`, `y`, `pixelRatio` by name.
    pub index: Value,
}

/// What is made of a style, by pixels to a style pixel.
#[derive(Default)]
pub(super) struct Sprites(Mutex<BTreeMap<u16, Arc<Packed>>>);

impl Sprites {
    fn at(&self, ratio: u16) -> Option<Arc<Packed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&ratio).cloned()
    }
}

impl Named {
    /// The sprite at so many pixels to a style pixel, if it is made.
    pub fn made_sprite(&self, ratio: u16) -> Option<Arc<Packed>> {
        self.sprites.at(ratio)
    }

    /// The same, made if need be, which takes a tenth of a second.
    pub fn sprite(&self, ratio: u16, canvas: &mut Canvas) -> Result<Arc<Packed>, ImageError> {
        if let Some(packed) = self.made_sprite(ratio) {
            return Ok(packed);
        }
        let sprite = self.icons.sprite(ratio, canvas);
        let index: Map<String, Value> = sprite.places.iter().map(|(name, place)| (name.clone(), entry(place))).collect();
        let packed = Arc::new(Packed { png: sprite.image.to_png()?.into(), index: index.into() });
        self.sprites.0.lock().unwrap_or_else(PoisonError::into_inner).insert(ratio, Arc::clone(&packed));
        Ok(packed)
    }
}

fn entry(place: &Place) -> Value {
    let Place { width, height, x, y, pixel_ratio } = *place;
    json!({"width": width, "height": height, "x": x, "y": y, "pixelRatio": pixel_ratio})
}
