//! The interface descriptions and the Rust types name the same methods and errors.

#[expect(dead_code, reason = "shared with the golden test, which uses the rest")]
mod contract;

use contract::{Contract, variants};
use hob_protocol::Error;
use hob_protocol::method::METHODS;
use serde_json::json;

#[test]
fn every_method_is_described_and_every_description_has_a_method() {
    let described = Contract::parse().methods();
    let implemented: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
    assert_eq!(described, implemented);
}

#[test]
fn every_error_is_described_with_its_parameters() {
    let contract = Contract::parse();
    for name in contract.errors() {
        let parameters = contract.made_up(&name);
        let error = Error::from_wire(name.clone(), parameters.clone());
        assert!(!matches!(error, Error::Unknown { .. }), "{name} has no variant, or one with other parameters");
        assert_eq!(error.to_wire(), (name.clone(), parameters), "the variant of {name} has other parameters");
    }
}

#[test]
fn every_variant_of_the_error_is_described() {
    let (mut described, mut implemented) = (Contract::parse().errors(), variants::<Error>("error"));
    described.sort();
    implemented.sort();
    assert_eq!(described, implemented);
}

#[test]
fn an_error_nobody_knows_keeps_its_name_and_parameters() {
    let unknown = ("org.example.Odd".to_owned(), json!({"a": [1, null]}));
    assert_eq!(Error::from_wire(unknown.0.clone(), unknown.1.clone()).to_wire(), unknown);
    // A known name with parameters of another shape.
    let newer = ("dev.hob.Daemon.Busy".to_owned(), json!({"what": "requests"}));
    assert_eq!(Error::from_wire(newer.0.clone(), newer.1.clone()).to_wire(), newer);
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let mut contract = Contract::parse();
    let run = "dev.hob.Text.Run";
    for (parameters, complaint) in [
        (json!({"action": "fix"}), "Run.(in).text: null has another type"),
        (json!({"action": "fix", "text": "", "x": 1}), "Run.(in).x is not described"),
        (json!({"action": 1, "text": ""}), "Run.(in).action: 1 has another type"),
        (json!({"action": "", "text": "", "options": []}), "Run.(in).options: Options: [] is no object"),
        (
            json!({"action": "", "text": "", "options": {"max_tokens": 0.5}}),
            "Run.(in).options: Options.max_tokens: 0.5 has another type",
        ),
    ] {
        assert_eq!(contract.check_call(run, &parameters), Err(complaint.to_owned()));
    }
    assert_eq!(contract.check_call(run, &json!({"action": "", "text": "", "options": null})), Ok(()));
}
