//! Which backends are tried for a text, and in which order. Pure.

use super::backend::Way;

/// What decides.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Of the window's rule, alone in this.
    pub method: Option<&'a str>,
    /// Of the configuration; empty for the order of the list.
    pub methods: &'a [String],
    /// By the text itself.
    pub preferred: Way,
}

/// Indices into the list of backends.
pub fn order(backends: &[(&'static str, Way)], wish: Wish) -> Vec<usize> {
    let called = |name: &str| {
        let fits = |index: &usize| backends[*index].0 == name || backends[*index].1.name() == name;
        (0..backends.len()).filter(fits).collect::<Vec<_>>()
    };
    if let Some(method) = wish.method {
        return called(method);
    }
    let mut order = Vec::new();
    if wish.methods.is_empty() {
        order.extend(0..backends.len());
    }
    for index in wish.methods.iter().flat_map(|name| called(name)) {
        if !order.contains(&index) {
            order.push(index);
        }
    }
    // What is handed over stays where it is asked for, so it counts as both.
    order.sort_by_key(|&index| backends[index].1 != wish.preferred && backends[index].1 != Way::HandsOver);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKENDS: [(&str, Way); 4] =
        [("command", Way::HandsOver), ("keys", Way::Types), ("clip", Way::Pastes), ("remote", Way::Types)];

    fn names(method: Option<&str>, methods: &[&str], preferred: Way) -> Vec<&'static str> {
        let methods: Vec<String> = methods.iter().map(|&name| name.to_owned()).collect();
        let wish = Wish { method, methods: &methods, preferred };
        order(&BACKENDS, wish).into_iter().map(|index| BACKENDS[index].0).collect()
    }

    #[test]
    fn the_preferred_ways_come_first() {
        assert_eq!(names(None, &[], Way::Types), ["command", "keys", "remote", "clip"]);
        assert_eq!(names(None, &[], Way::Pastes), ["command", "clip", "keys", "remote"]);
    }

    #[test]
    fn the_configuration_orders_and_a_window_s_rule_decides_alone() {
        assert_eq!(names(None, &["remote", "keys"], Way::Pastes), ["remote", "keys"]);
        assert_eq!(names(None, &["paste", "type", "keys"], Way::Types), ["keys", "remote", "clip"]);
        assert_eq!(names(Some("clip"), &["keys"], Way::Types), ["clip"]);
        assert_eq!(names(Some("type"), &[], Way::Pastes), ["keys", "remote"]);
        assert_eq!(names(Some("nothing"), &["keys"], Way::Types), [""; 0]);
    }
}
