//! The window on a Wayland compositor: a layer above the others (wlr-layer-shell), which never gets the keyboard and lets clicks through.

use std::error::Error;
use std::io::Write;
use std::os::fd::AsFd;

use rustix::fs::{MemfdFlags, memfd_create};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_buffer::{self, WlBuffer};
use wayland_client::protocol::wl_compositor::WlCompositor;
use wayland_client::protocol::wl_region::WlRegion;
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_shm::{self, WlShm};
use wayland_client::protocol::wl_shm_pool::WlShmPool;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::{Layer as Height, ZwlrLayerShellV1};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::{
    self, Anchor, KeyboardInteractivity, ZwlrLayerSurfaceV1,
};

use super::card::{HEIGHT, WIDTH};
use super::pane::{BELOW, Screen};
use crate::graphical_session::Variables;
use crate::wayland_server;

/// The compositor takes it away when the connection ends.
pub(super) struct Layer {
    queue: EventQueue<State>,
    memory: WlShm,
    surface: WlSurface,
    state: State,
}

#[derive(Debug, Default)]
struct State {
    /// It may be painted.
    is_placed: bool,
    /// The monitor is gone, for example.
    is_closed: bool,
}

impl Layer {
    pub(super) fn open(session: &Variables) -> Result<Self, Box<dyn Error>> {
        let (stream, _) = wayland_server::connect(session)?;
        let connection = Connection::from_socket(stream)?;
        let (globals, mut queue) = registry_queue_init::<State>(&connection)?;
        let handle = queue.handle();
        let no_layers = |_| "the compositor does not offer zwlr_layer_shell_v1";
        let shell: ZwlrLayerShellV1 = globals.bind(&handle, 1..=4, ()).map_err(no_layers)?;
        let compositor: WlCompositor = globals.bind(&handle, 1..=4, ())?;
        let memory: WlShm = globals.bind(&handle, 1..=1, ())?;
        let surface = compositor.create_surface(&handle, ());
        let nothing = compositor.create_region(&handle, ());
        surface.set_input_region(Some(&nothing));
        nothing.destroy();
        // Without an output it is the one where the person works.
        let layer = shell.get_layer_surface(&surface, None, Height::Overlay, "hob-indicator".to_owned(), &handle, ());
        layer.set_size(WIDTH.into(), HEIGHT.into());
        layer.set_anchor(Anchor::Bottom);
        layer.set_margin(0, 0, BELOW, 0);
        layer.set_keyboard_interactivity(KeyboardInteractivity::None);
        surface.commit();
        let mut state = State::default();
        while !state.is_placed && !state.is_closed {
            queue.blocking_dispatch(&mut state)?;
        }
        Ok(Self { queue, memory, surface, state })
    }
}

impl Screen for Layer {
    fn name(&self) -> &'static str {
        "layer-shell"
    }

    fn paint(&mut self, pixels: &[u8]) -> Result<(), Box<dyn Error>> {
        let mut file = std::fs::File::from(memfd_create("hob-indicator", MemfdFlags::CLOEXEC)?);
        file.write_all(pixels)?;
        let handle = self.queue.handle();
        let pool = self.memory.create_pool(file.as_fd(), i32::try_from(pixels.len())?, &handle, ());
        let (width, height) = (i32::from(WIDTH), i32::from(HEIGHT));
        let format = wl_shm::Format::Xrgb8888;
        let buffer = pool.create_buffer(0, width, height, width * 4, format, &handle, ());
        pool.destroy();
        self.surface.attach(Some(&buffer), 0, 0);
        self.surface.damage(0, 0, width, height);
        self.surface.commit();
        // Also finds out that the compositor is gone, and takes in what it has told meanwhile.
        self.queue.roundtrip(&mut self.state)?;
        if self.state.is_closed { Err("the compositor has closed it".into()) } else { Ok(()) }
    }
}

impl Dispatch<ZwlrLayerSurfaceV1, ()> for State {
    fn event(
        state: &mut Self,
        layer: &ZwlrLayerSurfaceV1,
        event: zwlr_layer_surface_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwlr_layer_surface_v1::Event::Configure { serial, .. } => {
                layer.ack_configure(serial);
                state.is_placed = true;
            }
            zwlr_layer_surface_v1::Event::Closed => state.is_closed = true,
            _ => {}
        }
    }
}

impl Dispatch<WlBuffer, ()> for State {
    fn event(_: &mut Self, buffer: &WlBuffer, event: wl_buffer::Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
        // The compositor reads it no more.
        if let wl_buffer::Event::Release = event {
            buffer.destroy();
        }
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for State {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(State: WlCompositor);
delegate_noop!(State: WlRegion);
delegate_noop!(State: WlShmPool);
delegate_noop!(State: ZwlrLayerShellV1);
delegate_noop!(State: ignore WlShm);
delegate_noop!(State: ignore WlSurface);
