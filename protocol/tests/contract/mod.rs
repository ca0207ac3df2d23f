//! The interface descriptions as a checker: does a JSON value have the type that the contract gives it? It also remembers which
//! fields it saw with a value, so that a test can find those that no sample fills.

use std::collections::BTreeSet;

use hob_protocol::idl::INTERFACES;
use serde_json::{Value, json};
use varlink_parser::{Argument, IDL, VStruct, VStructOrEnum, VType, VTypeExt};

pub(crate) struct Contract {
    interfaces: Vec<IDL<'static>>,
    seen: BTreeSet<String>,
}

impl Contract {
    pub(crate) fn parse() -> Self {
        let parse = |(name, text): &(&'static str, &'static str)| {
            let idl = IDL::try_from(*text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(idl.name, *name);
            idl
        };
        Self { interfaces: INTERFACES.iter().map(parse).collect(), seen: BTreeSet::new() }
    }

    /// The qualified names of all methods, in the order of the descriptions.
    pub(crate) fn methods(&self) -> Vec<String> {
        let of = |idl: &IDL| idl.method_keys.iter().map(|key| format!("{}.{key}", idl.name)).collect::<Vec<_>>();
        self.interfaces.iter().flat_map(of).collect()
    }

    /// The qualified names of all errors.
    pub(crate) fn errors(&self) -> Vec<String> {
        let of = |idl: &IDL| idl.error_keys.iter().map(|key| format!("{}.{key}", idl.name)).collect::<Vec<_>>();
        self.interfaces.iter().flat_map(of).collect()
    }

    /// Every field there is, as `Type.field`, `Method.(in).field`, `Method.(out).field` or `Error.field`.
    pub(crate) fn fields(&self) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        for idl in &self.interfaces {
            let mut add = |owner: &str, parts: &VStruct| {
                fields.extend(parts.elts.iter().map(|field| format!("{}.{owner}.{}", idl.name, field.name)));
            };
            for method in idl.methods.values() {
                add(&format!("{}.(in)", method.name), &method.input);
                add(&format!("{}.(out)", method.name), &method.output);
            }
            for error in idl.errors.values() {
                add(error.name, &error.parm);
            }
            for typedef in idl.typedefs.values() {
                if let VStructOrEnum::VStruct(parts) = &typedef.elt {
                    add(typedef.name, parts);
                }
            }
        }
        fields
    }

    /// The fields that were seen with a value.
    pub(crate) fn seen(&self) -> &BTreeSet<String> {
        &self.seen
    }

    pub(crate) fn check_call(&mut self, method: &str, parameters: &Value) -> Result<(), String> {
        self.check(method, "(in)", parameters)
    }

    pub(crate) fn check_reply(&mut self, method: &str, parameters: &Value) -> Result<(), String> {
        self.check(method, "(out)", parameters)
    }

    pub(crate) fn check_error(&mut self, error: &str, parameters: &Value) -> Result<(), String> {
        self.check(error, "", parameters)
    }

    /// Checks a value against a type of an interface.
    pub(crate) fn check_type(&mut self, interface: &str, name: &str, value: &Value) -> Result<(), String> {
        let Self { interfaces, seen } = self;
        let idl = interfaces.iter().find(|idl| idl.name == interface).ok_or(format!("no interface {interface}"))?;
        Checker { idl, seen }.named(name, value, name)
    }

    /// Parameters of an error, made up from its description.
    pub(crate) fn made_up(&self, error: &str) -> Value {
        let (interface, name) = error.rsplit_once('.').expect("qualified");
        let idl = self.interfaces.iter().find(|idl| idl.name == interface).expect("an interface");
        let parameters = idl.errors[name].parm.elts.iter();
        let value = |field: &Argument| match field.name {
            "trouble" => json!("busy"),
            _ => made_up(&field.vtype),
        };
        Value::Object(parameters.map(|field| (field.name.to_owned(), value(field))).collect())
    }

    fn check(&mut self, qualified: &str, side: &str, value: &Value) -> Result<(), String> {
        let Self { interfaces, seen } = self;
        let (interface, name) = qualified.rsplit_once('.').ok_or("not qualified")?;
        let idl = interfaces.iter().find(|idl| idl.name == interface).ok_or(format!("no interface {interface}"))?;
        let parts = match (side, idl.methods.get(name), idl.errors.get(name)) {
            ("(in)", Some(method), _) => &method.input,
            ("(out)", Some(method), _) => &method.output,
            ("", _, Some(error)) => &error.parm,
            _ => return Err(format!("{qualified} is not described")),
        };
        let owner = if side.is_empty() { name.to_owned() } else { format!("{name}.{side}") };
        Checker { idl, seen }.fields(&owner, parts, value)
    }
}

struct Checker<'a> {
    idl: &'a IDL<'static>,
    seen: &'a mut BTreeSet<String>,
}

impl Checker<'_> {
    fn fields(&mut self, owner: &str, parts: &VStruct, value: &Value) -> Result<(), String> {
        let object = value.as_object().ok_or(format!("{owner}: {value} is no object"))?;
        if let Some(unknown) = object.keys().find(|key| parts.elts.iter().all(|field| field.name != key.as_str())) {
            return Err(format!("{owner}.{unknown} is not described"));
        }
        for Argument { name, vtype } in &parts.elts {
            let value = object.get(*name).unwrap_or(&Value::Null);
            self.value(vtype, value, &format!("{owner}.{name}"))?;
            if !value.is_null() {
                self.seen.insert(format!("{}.{owner}.{name}", self.idl.name));
            }
        }
        Ok(())
    }

    fn value(&mut self, vtype: &VTypeExt, value: &Value, at: &str) -> Result<(), String> {
        match vtype {
            VTypeExt::Option(_) if value.is_null() => Ok(()),
            VTypeExt::Option(inner) => self.value(inner, value, at),
            VTypeExt::Array(inner) => {
                let items = value.as_array().ok_or(format!("{at}: {value} is no array"))?;
                items.iter().try_for_each(|item| self.value(inner, item, at))
            }
            VTypeExt::Dict(inner) => {
                let entries = value.as_object().ok_or(format!("{at}: {value} is no object"))?;
                entries.values().try_for_each(|entry| self.value(inner, entry, at))
            }
            VTypeExt::Plain(VType::Typename(name)) => self.named(name, value, at),
            VTypeExt::Plain(VType::Struct(parts)) => self.fields(at, parts, value),
            VTypeExt::Plain(plain) => {
                let fits = match plain {
                    VType::Bool => value.is_boolean(),
                    VType::Int => value.is_i64() || value.is_u64(),
                    VType::Float => value.is_number(),
                    VType::String => value.is_string(),
                    VType::Object => !value.is_null(),
                    VType::Enum(words) => value.as_str().is_some_and(|word| words.elts.contains(&word)),
                    VType::Typename(_) | VType::Struct(_) => unreachable!("handled above"),
                };
                if fits { Ok(()) } else { Err(format!("{at}: {value} has another type")) }
            }
        }
    }

    fn named(&mut self, name: &str, value: &Value, at: &str) -> Result<(), String> {
        match self.idl.typedefs.get(name).map(|typedef| &typedef.elt) {
            Some(VStructOrEnum::VStruct(parts)) => {
                self.fields(name, parts, value).map_err(|why| format!("{at}: {why}"))
            }
            Some(VStructOrEnum::VEnum(words)) if value.as_str().is_some_and(|word| words.elts.contains(&word)) => {
                Ok(())
            }
            Some(VStructOrEnum::VEnum(_)) => Err(format!("{at}: {value} is none of {name}")),
            None => Err(format!("{at}: no type {name}")),
        }
    }
}

fn made_up(vtype: &VTypeExt) -> Value {
    match vtype {
        VTypeExt::Array(inner) => json!([made_up(inner)]),
        VTypeExt::Option(inner) => made_up(inner),
        VTypeExt::Plain(VType::Bool) => json!(true),
        VTypeExt::Plain(VType::Int) => json!(7),
        VTypeExt::Plain(VType::Float) => json!(0.5),
        // Also the name of an engine, so that it fits the errors that name one.
        VTypeExt::Plain(VType::String) => json!("speech"),
        VTypeExt::Dict(_) | VTypeExt::Plain(_) => unimplemented!("no error carries this"),
    }
}

/// The names serde knows for an enum with this tag: it lists them all when it is given a wrong one.
pub(crate) fn variants<T: serde::de::DeserializeOwned>(tag: &str) -> Vec<String> {
    let Err(error) = serde_json::from_value::<T>(json!({ tag: "?" })) else { panic!("`?` is a variant") };
    let message = error.to_string();
    let (_, list) = message.split_once("expected ").unwrap_or_else(|| panic!("{message}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
