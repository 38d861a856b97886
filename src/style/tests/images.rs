//! What map clients need beside the document: every image that the rules can name for records is in the sprite of each style.

use crate::style::Styles;
use roadblock_layers::vocab::{AreaClass, Effect, Role, Subtype, Vocabulary};
use roadblock_tiles::raster::Canvas;
use std::collections::BTreeSet;

fn words<V: Vocabulary>() -> impl Iterator<Item = &'static str> {
    V::WORDS.iter().map(|(_, word)| *word)
}

/// Names that the rules put together of the words of records.
fn named_images() -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ["capital", "cluster", "cluster-place"].map(str::to_owned).into();
    names.extend(words::<Role>().map(str::to_owned));
    names.extend(words::<AreaClass>().map(|class| format!("hatch-{class}")));
    for look in words::<Effect>().flat_map(|effect| [effect.to_owned(), format!("{effect}-recent")]) {
        names.extend([format!("mark-{look}"), format!("cluster-{look}")]);
        names.extend(words::<Subtype>().map(|subtype| format!("mark-{look}-{subtype}")));
    }
    names
}

#[test]
fn every_image_that_the_rules_name_is_in_the_sprite() {
    let (styles, mut canvas) = (Styles::builtin().unwrap(), Canvas::default());
    for named in styles.all() {
        let packed = named.sprite(1, &mut canvas).unwrap();
        let missing: Vec<String> = named_images().into_iter().filter(|name| packed.index.get(name).is_none()).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", named.id);
    }
}

#[test]
fn every_kind_of_report_and_place_has_an_icon_of_its_own_for_other_styles() {
    let styles = Styles::builtin().unwrap();
    let icons = &styles.usual().drawings()["icons"];
    let kinds = words::<Subtype>().chain(["port", "border_post", "town"]);
    let missing: Vec<&str> = kinds.filter(|kind| icons.get(format!("kind-{kind}")).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_sprite_is_as_large_as_its_index_says_and_the_same_each_time() {
    let mut canvas = Canvas::default();
    let [one, other] = [(); 2].map(|()| Styles::builtin().unwrap().usual().sprite(2, &mut canvas).unwrap());
    assert!(one.png == other.png && one.index == other.index);
    let picture = image::load_from_memory(&one.png).unwrap().into_rgba8();
    for (name, place) in one.index.as_object().unwrap() {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|key| u32::try_from(place[key].as_u64().unwrap()).unwrap());
        assert!(x + width <= picture.width() && y + height <= picture.height(), "{name}");
        let part = image::imageops::crop_imm(&picture, x, y, width, height);
        assert!(part.to_image().pixels().any(|pixel| pixel.0[3] > 0), "{name}: nothing is drawn");
    }
}

#[test]
fn the_document_names_letters_and_sprite_by_absolute_addresses() {
    let document = Styles::builtin().unwrap().usual().document("https://maps.example.org/mali", &["basemap"], "");
    assert_eq!(document["glyphs"], "https://maps.example.org/mali/fonts/{fontstack}/{range}.pbf");
    assert_eq!(document["sprite"], "https://maps.example.org/mali/sprites/access");
}
