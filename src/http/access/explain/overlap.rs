//! How much of a corridor lies in areas of reported influence: of which class, and whose.

use super::put;
use roadblock_layers::access::{Chain, Inquiry, Inside};
use serde_json::{Map, Value};

/// Adds the sentence of a corridor.
pub(in super::super) fn overlap(members: &mut Map<String, Value>, inquiry: &Inquiry<'_>, chain: &Chain, inside: &Inside) {
    put(members, &inquiry.roads.network, |teller| {
        let (part, length) = (teller.length(inside.any_m), teller.length(inside.length_m));
        let gaps = [("name", teller.name(&chain.id)), ("length", &length)];
        if inside.any_m <= 0.0 {
            return teller.fill("inside.none", &gaps);
        }
        let classes = inside.by_class.iter().map(|(class, length_m)| {
            let word = teller.language.say(&format!("inside.{}", class.as_str()));
            format!("{word} {}", teller.length(*length_m))
        });
        let actors = inside.by_actor.iter().map(|(actor, length_m)| format!("{actor} {}", teller.length(*length_m)));
        let (classes, actors) = (classes.collect::<Vec<_>>().join(", "), actors.collect::<Vec<_>>().join(", "));
        let share = share(inside.any_m / inside.length_m);
        let more = [("part", part.as_str()), ("share", &share), ("classes", &classes), ("actors", &actors)];
        teller.fill("inside.some", &[gaps.as_slice(), &more].concat())
    });
}

/// Whole percents; what is not nothing is not told as nothing.
fn share(share: f64) -> String {
    let percents = (share * 100.0).round();
    if percents < 1.0 { "< 1 %".to_owned() } else { format!("{percents} %") }
}
