//! `stackview settings`, and the reading of the settings file for the other commands.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use color_eyre::eyre::{Result, WrapErr, bail};
use etcetera::BaseStrategy;

use super::{
    args::Common,
    colors,
    output::{WrongUse, print_as_asked},
};
use crate::{
    app::{config::Config, model::Settings},
    compose::{self, files::ReadError},
    host::Called,
    runtime::{save, zone},
    view::Theme,
};

/// The largest settings file that is read, in bytes.
const LARGEST: u64 = 256 << 10;

/// What is asked about the settings file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsCommand {
    /// Where it is.
    Path,
    /// Whether it can be read.
    Check,
    /// Write a new one, with every setting as a comment.
    Init,
}

/// Where the settings are: the named file, else the user's own.
fn path(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let base = etcetera::choose_base_strategy()
        .wrap_err("Where settings belong can't be found; name a file with --settings")?;
    Ok(base.config_dir().join("stackview").join("settings.toml"))
}

/// What was chosen on the command line, else in the settings, by the terminal at hand.
/// What a command to paste has to carry isn't among it: that is the command's own matter.
pub fn chosen(common: &Common, env: &BTreeMap<String, String>) -> Result<Settings> {
    let config = read(common.settings_file.as_deref())?;
    Ok(Settings {
        read_only_forced: common.read_only,
        read_only: common.read_only,
        ascii: common.ascii || config.ascii.unwrap_or_else(|| colors::is_ascii(env)),
        mouse: !common.no_mouse && config.mouse.unwrap_or(true),
        theme: common.theme.clone().or(config.theme).unwrap_or_else(|| "dark".into()),
        zone: zone(),
        attention: config.attention,
        called: Called::default(),
    })
}

/// The settings: as without a file where the user has none. A file that was named has to be there.
///
/// # Errors
/// When it can't be read or says what isn't known, with the place.
pub fn read(named: Option<&Path>) -> Result<Config> {
    let Ok(path) = path(named) else { return Ok(Config::default()) };
    let text = match compose::read_text(&path, LARGEST) {
        Ok(text) => text,
        Err(ReadError::Missing) if named.is_none() => return Ok(Config::default()),
        Err(error) => bail!("the settings can't be read: {}: {error}", path.display()),
    };
    let config = Config::read(&text).map_err(|why| WrongUse(format!("{}: {why}", path.display())))?;
    if let Some(theme) = &config.theme {
        Theme::named(theme).map_err(|why| WrongUse(format!("{}: theme: {why}", path.display())))?;
    }
    Ok(config)
}

/// Answers.
pub fn run(named: Option<&Path>, asked: SettingsCommand) -> Result<u8> {
    let path = path(named)?;
    match asked {
        SettingsCommand::Path => print_as_asked(format!("{}\n", path.display()).as_bytes()),
        SettingsCommand::Check => {
            read(named)?;
            let there = if path.exists() { "can be read" } else { "isn't there: every setting has its default" };
            print_as_asked(format!("{} {there}\n", path.display()).as_bytes())
        }
        SettingsCommand::Init => {
            if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                save::folder(folder).wrap_err_with(|| format!("{} can't be made", folder.display()))?;
            }
            save::new_file(&path, Config::TEMPLATE.as_bytes()).wrap_err_with(|| {
                format!("{} can't be written (one that is there is left as it is)", path.display())
            })?;
            print_as_asked(format!("{}\n", path.display()).as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_new_file_is_written_once_and_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/settings.toml");
        assert!(read(Some(&file)).is_err(), "a named file has to be there");
        run(Some(&file), SettingsCommand::Init).unwrap();
        assert_eq!(read(Some(&file)).unwrap(), Config::default());
        fs::write(&file, "ascii = true\n").unwrap();
        assert!(run(Some(&file), SettingsCommand::Init).is_err());
        assert!(read(Some(&file)).unwrap().ascii == Some(true), "it is left as it is");
        fs::write(&file, "theme = \"drak\"\n").unwrap();
        let said = read(Some(&file)).unwrap_err().to_string();
        assert!(said.contains("drak") && said.contains("theme"), "{said}");
    }
}
