//! Properties of a feature, read from JSON straight into the values that are kept.

use crate::value::Value;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// Names and values in the order in which names come; of two values of a name the last.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Properties(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PropertiesVisitor)
    }
}

struct PropertiesVisitor;

impl<'de> Visitor<'de> for PropertiesVisitor {
    type Value = Properties;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
        let mut all: Vec<(String, Value)> = Vec::new();
        // Once there are many names.
        let mut places: HashMap<String, usize> = HashMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if all.len() == FEW && places.is_empty() {
                places.extend(all.iter().map(|(name, _)| name.clone()).zip(0..));
            }
            let known = match all.len() {
                ..FEW => all.iter().position(|(other, _)| *other == name),
                _ => places.get(&name).copied(),
            };
            match known.and_then(|place| all.get_mut(place)) {
                Some((_, earlier)) => *earlier = value,
                None => {
                    if all.len() >= FEW {
                        places.insert(name.clone(), all.len());
                    }
                    all.push((name, value));
                }
            }
        }
        Ok(Properties(all))
    }
}

/// Names among which one is looked for by going through them.
const FEW: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_values_of_a_name_the_last_stays_in_the_place_of_the_first() {
        for others in [0, 1, FEW - 1, FEW, 3 * FEW] {
            let others: String = (0..others).map(|number| format!("\"{number}\":{number},\"{number}\":{number},")).collect();
            let text = format!("{{\"a\":\"text\",{others}\"b\":1,\"a\":7,\"b\":2}}");
            let Properties(all) = serde_json::from_str(&text).unwrap();
            let expected: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
            let expected: Vec<_> = expected.into_iter().map(|(name, value)| (name, Value::from_json(value))).collect();
            assert_eq!(all, expected);
        }
    }
}
