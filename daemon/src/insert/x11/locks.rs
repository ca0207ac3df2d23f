//! What changes keys beside those that are down: modifiers that are locked or latched, and the aid that keeps a tapped modifier in force
//! (sticky keys). All of it is after a text what it was before.

use x11rb::protocol::xkb::{self, AXOption, BoolCtrl, ConnectionExt as _, Control, VMod};
use x11rb::protocol::xproto::ModMask;

use super::problem::Problem;
use super::wire::Wire;

/// Sticky keys end when two keys are pressed at once, as for a capital letter, and a modifier that is tapped twice is locked: not by hob's
/// keys. Gives what is to be put back, if the person has this aid at all.
pub fn keep_sticky(wire: &Wire) -> Result<Option<AXOption>, Problem> {
    let controls = wire.server.xkb_get_controls(xkb::ID::USE_CORE_KBD.into())?.reply()?;
    if u32::from(controls.enabled_controls) & u32::from(BoolCtrl::STICKY_KEYS) == 0 {
        return Ok(None);
    }
    let options = controls.access_x_option;
    set_options(wire, AXOption::from(u16::from(options) & !u16::from(AXOption::TWO_KEYS | AXOption::LATCH_TO_LOCK)))?;
    Ok(Some(options))
}

/// Puts back what [`keep_sticky`] gave.
pub fn restore_sticky(wire: &Wire, options: Option<AXOption>) -> Result<(), Problem> {
    options.map_or(Ok(()), |options| set_options(wire, options))
}

/// Of sticky keys alone.
fn set_options(wire: &Wire, options: AXOption) -> Result<(), Problem> {
    let device = xkb::ID::USE_CORE_KBD.into();
    let (none, virtual_none) = (ModMask::from(0u8), VMod::from(0u8));
    let (no_control, no_option) = (BoolCtrl::from(0u8), AXOption::from(0u8));
    wire.server.xkb_set_controls(
        device,
        none,
        none,
        none,
        none,
        virtual_none,
        virtual_none,
        virtual_none,
        virtual_none,
        0,
        0,
        options,
        no_control,
        no_control,
        Control::from(u32::from(BoolCtrl::STICKY_KEYS)),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        no_control,
        no_control,
        no_option,
        no_option,
        &[0; 32],
    )?;
    Ok(())
}

/// Takes locked and latched modifiers out of force, Caps Lock above all, and gives those that were locked.
pub fn unlock(wire: &Wire) -> Result<ModMask, Problem> {
    let device = xkb::ID::USE_CORE_KBD.into();
    let state = wire.server.xkb_get_state(device)?.reply()?;
    // What Num Lock changes is not pressed, and its light would flicker.
    let locked = ModMask::from(u16::from(state.locked_mods) & !u16::from(ModMask::M2));
    if u16::from(locked) != 0 || u16::from(state.latched_mods) != 0 {
        wire.server.xkb_latch_lock_state(
            device,
            locked,
            ModMask::from(0u8),
            false,
            xkb::Group::M1,
            state.latched_mods,
            false,
            0,
        )?;
    }
    Ok(locked)
}

/// Puts back what [`unlock`] gave.
pub fn lock(wire: &Wire, locked: ModMask) -> Result<(), Problem> {
    if u16::from(locked) != 0 {
        let device = xkb::ID::USE_CORE_KBD.into();
        wire.server.xkb_latch_lock_state(
            device,
            locked,
            locked,
            false,
            xkb::Group::M1,
            ModMask::from(0u8),
            false,
            0,
        )?;
    }
    Ok(())
}
