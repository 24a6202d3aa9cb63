//! Reads what the script reports. serde_json compiles its parser and its words for errors anew for each of a hundred
//! types: here it parses into one tree, which the types are read from, and an error has no words. Nobody would read them.

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
        VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};
use std::{fmt, vec};

/// The text is no JSON, or not of the type that was asked for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Malformed;

/// Reads a value of any type.
///
/// # Errors
/// [`Malformed`]
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Malformed> {
    T::deserialize(Tree(parse(json)?))
}

fn parse(json: &str) -> Result<Value, Malformed> {
    serde_json::from_str(json).map_err(|_| Malformed)
}

/// A value of JSON that is still to be read.
struct Tree(Value);

/// The items of an array that are still to be read.
struct Items(vec::IntoIter<Value>);

/// The fields of an object that are still to be read.
struct Fields {
    rest: map::IntoIter,
    /// The value of the field whose name was read last.
    value: Value,
}

/// A variant of an enum, whose name was read; null where it has no content.
struct Variant(Value);

impl<'de> Deserializer<'de> for Tree {
    type Error = Malformed;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().ok_or(Malformed)?),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(Malformed),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            _ => Err(Malformed),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
            _ => Err(Malformed),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        visitor.visit_enum(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Malformed> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

impl Tree {
    /// The name of an enum's variant, and its content: `"name"`, or `{"name": content}`.
    fn variant(self) -> Result<(Value, Value), Malformed> {
        match self.0 {
            name @ Value::String(_) => Ok((name, Value::Null)),
            Value::Object(fields) if fields.len() == 1 => {
                let (name, content) = fields.into_iter().next().ok_or(Malformed)?;
                Ok((Value::String(name), content))
            }
            _ => Err(Malformed),
        }
    }
}

impl<'de> EnumAccess<'de> for Tree {
    type Error = Malformed;
    type Variant = Variant;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Variant), Malformed> {
        let (name, content) = self.variant()?;
        Ok((seed.deserialize(Self(name))?, Variant(content)))
    }
}

impl<'de> VariantAccess<'de> for Variant {
    type Error = Malformed;

    fn unit_variant(self) -> Result<(), Malformed> {
        self.0.is_null().then_some(()).ok_or(Malformed)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Malformed> {
        seed.deserialize(Tree(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        Tree(self.0).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Malformed> {
        Tree(self.0).deserialize_map(visitor)
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Malformed;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Malformed> {
        let item = self.0.next();
        item.map(|item| seed.deserialize(Tree(item))).transpose()
    }
}

impl Fields {
    fn of(fields: Map<String, Value>) -> Self {
        Self {
            rest: fields.into_iter(),
            value: Value::Null,
        }
    }

    // Once, rather than in each type that has fields.
    #[inline(never)]
    fn next_name(&mut self) -> Option<Value> {
        let (name, value) = self.rest.next()?;
        self.value = value;
        Some(Value::String(name))
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Malformed;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Malformed> {
        let name = self.next_name();
        name.map(|name| seed.deserialize(Tree(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Malformed> {
        seed.deserialize(Tree(self.value.take()))
    }
}

impl de::Error for Malformed {
    fn custom<T: fmt::Display>(_words: T) -> Self {
        Self
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("malformed JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::fmt::Debug;

    /// Whatever the events are made of.
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(
        rename_all = "kebab-case",
        rename_all_fields = "camelCase",
        deny_unknown_fields
    )]
    enum Event {
        Empty {},
        Numbers {
            small: u32,
            signed: i64,
            maybe: Option<u64>,
        },
        Texts {
            all: Vec<String>,
            place: Place,
        },
        Kinds(Vec<Kind>),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Unit,
        Count(u8),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
    enum Place {
        Here {
            name: String,
            #[serde(default)]
            old: bool,
        },
    }

    #[test]
    fn every_type_that_events_are_made_of_is_read() {
        let place = Place::Here {
            name: "б\"".to_owned(),
            old: true,
        };
        for (json, event) in [
            (r#"{"empty":{}}"#, Event::Empty {}),
            (
                r#"{"numbers":{"signed":-5,"small":4294967295}}"#,
                Event::Numbers {
                    small: u32::MAX,
                    signed: -5,
                    maybe: None,
                },
            ),
            (
                r#"{"numbers":{"small":0,"maybe":9007199254740991,"signed":5}}"#,
                Event::Numbers {
                    small: 0,
                    signed: 5,
                    maybe: Some((1 << 53) - 1),
                },
            ),
            (
                r#"{"texts":{"all":["a",""],"place":{"name":"б\"","old":true,"type":"here"}}}"#,
                Event::Texts {
                    all: vec!["a".to_owned(), String::new()],
                    place,
                },
            ),
            (
                r#"{"kinds":["unit",{"count":3}]}"#,
                Event::Kinds(vec![Kind::Unit, Kind::Count(3)]),
            ),
        ] {
            assert_eq!(read(json), Ok(event), "{json}");
            // As serde_json itself does.
            assert_eq!(
                read::<Event>(json).ok(),
                serde_json::from_str(json).ok(),
                "{json}"
            );
        }
    }

    #[test]
    fn whatever_is_not_of_the_type_is_refused() {
        for json in [
            "",
            "{}",
            "null",
            r#""empty""#,
            r#"{"empty":{}} x"#,
            r#"{"empty":[]}"#,
            r#"{"empty":null}"#,
            r#"{"empty":{"more":1}}"#,
            r#"{"empty":{},"kinds":[]}"#,
            r#"{"other":{}}"#,
            r#"{"numbers":{"small":-1,"signed":0}}"#,
            r#"{"numbers":{"small":4294967296,"signed":0}}"#,
            r#"{"numbers":{"small":1.5,"signed":0}}"#,
            r#"{"numbers":{"small":"1","signed":0}}"#,
            r#"{"numbers":{"small":1}}"#,
            r#"{"texts":{"all":"a","place":{"type":"here","name":"a"}}}"#,
            r#"{"texts":{"all":[],"place":{"type":"there","name":"a"}}}"#,
            r#"{"texts":{"all":[],"place":{"type":"here","name":"a","more":1}}}"#,
            r#"{"kinds":[{"unit":1}]}"#,
            r#"{"kinds":["count"]}"#,
            r#"{"kinds":[{"count":256}]}"#,
        ] {
            assert_eq!(read::<Event>(json), Err(Malformed), "{json}");
        }
    }
}
