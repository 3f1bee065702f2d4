//! The columns of a stream.

use super::Fault;
use super::flat::Table;

/// How many digits a decimal in 64 bits may have.
pub(super) const MOST_DIGITS: i32 = 18;

/// How a text's bytes are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// By offsets of 32 bits.
    Offsets,
    /// By offsets of 64 bits.
    LongOffsets,
    /// Each by a view of its own.
    Views,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int {
        bits: i32,
        signed: bool,
    },
    Single,
    Double,
    /// Days, or milliseconds of whole days.
    Date {
        milliseconds: bool,
    },
    Decimal {
        bits: i32,
        scale: i32,
    },
    Text {
        layout: Layout,
    },
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// Of the values, also where a dictionary holds them.
    pub(super) kind: Kind,
    /// The dictionary's number, and the type of the places in it.
    pub(super) dictionary: Option<(i64, Kind)>,
    /// Whether there are values to be read: a column without any has no buffers.
    pub(super) is_read: bool,
}

fn int(of: &Table) -> Result<Kind, Fault> {
    let bits = of.int(0, 0)?;
    if matches!(bits, 8 | 16 | 32 | 64) {
        Ok(Kind::Int { bits, signed: of.byte(1)? != 0 })
    } else {
        Err(format!("whole numbers of {bits} bits"))
    }
}

/// The type; an error names what is not read. The type that has no values at all is none.
fn kind(number: u8, of: &Table) -> Result<Option<Kind>, Fault> {
    Ok(Some(match number {
        1 => return Ok(None),
        2 => int(of)?,
        3 => match of.short(0, 0)? {
            1 => Kind::Single,
            2 => Kind::Double,
            _ => return Err("numbers of 16 bits".to_owned()),
        },
        5 => Kind::Text { layout: Layout::Offsets },
        6 => Kind::Bool,
        7 => {
            let (precision, scale, bits) = (of.int(0, 0)?, of.int(1, 0)?, of.int(2, 128)?);
            if !matches!(bits, 32 | 64 | 128) || !(0..=MOST_DIGITS).contains(&scale) {
                return Err(format!("decimals of {precision} digits, {scale} of them behind the point"));
            }
            Kind::Decimal { bits, scale }
        }
        8 => Kind::Date { milliseconds: of.short(0, 1)? == 1 },
        20 => Kind::Text { layout: Layout::LongOffsets },
        24 => Kind::Text { layout: Layout::Views },
        _ => return Err("a type that the rules do not know".to_owned()),
    }))
}

/// The columns of a schema.
pub(super) fn fields(schema: &Table) -> Result<Vec<Field>, Fault> {
    if schema.short(0, 0)? != 0 {
        return Err("its numbers have their highest byte first: write them with the lowest first".to_owned());
    }
    schema.tables(1)?.iter().map(field).collect()
}

fn field(of: &Table) -> Result<Field, Fault> {
    let name = of.text(0)?;
    let found = match of.table(3)? {
        Some(described) => kind(of.byte(2)?, &described),
        None => Err("no type".to_owned()),
    };
    let found = found.map_err(|what| {
        format!(
            "column {name} has {what}: write whole numbers, decimals of {MOST_DIGITS} digits, doubles, texts, truth values or dates"
        )
    })?;
    let dictionary = match of.table(4)? {
        None => None,
        Some(encoding) => {
            // Without a type of their own, places have 32 bits.
            let places = encoding.table(1)?.map_or(Ok(Kind::Int { bits: 32, signed: true }), |places| int(&places))?;
            Some((encoding.long(0)?, places))
        }
    };
    let is_read = found.is_some();
    Ok(Field { name, kind: found.unwrap_or(Kind::Bool), dictionary, is_read })
}
