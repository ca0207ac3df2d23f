//! The interface descriptions, as text. They are the contract: `org.varlink.service` serves them as they stand.

/// Name and description of every interface of the socket, in the order `GetInfo` lists them.
pub const INTERFACES: [(&str, &str); 6] = [
    ("org.varlink.service", include_str!("../varlink/org.varlink.service.varlink")),
    ("dev.hob.Daemon", include_str!("../varlink/dev.hob.Daemon.varlink")),
    ("dev.hob.Dictation", include_str!("../varlink/dev.hob.Dictation.varlink")),
    ("dev.hob.Speech", include_str!("../varlink/dev.hob.Speech.varlink")),
    ("dev.hob.Text", include_str!("../varlink/dev.hob.Text.varlink")),
    ("dev.hob.Models", include_str!("../varlink/dev.hob.Models.varlink")),
];

/// The description of one interface.
pub fn description(interface: &str) -> Option<&'static str> {
    INTERFACES.iter().find(|(name, _)| *name == interface).map(|(_, text)| *text)
}
