//! Which program a window belongs to, by what the kernel tells of its process.

use crate::core::Window;

/// The window with the name of its program, if it has a process that is still there.
pub fn named(window: Window) -> Window {
    // This can be read of every process; the path of its program cannot where it has more rights, as xterm has.
    let name = window.pid.and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).ok());
    Window { program: name.map(|name| name.trim_end().to_owned()).unwrap_or_default(), ..window }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_a_program() {
        let window = |pid| named(Window { pid, ..Window::default() }).program;
        let own = std::fs::read_to_string("/proc/self/comm").unwrap();
        assert_eq!(window(Some(std::process::id())), own.trim_end());
        assert_eq!(window(Some(u32::MAX)), "");
        assert_eq!(window(None), "");
    }
}
