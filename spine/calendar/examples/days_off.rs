//! Prints every public holiday of the table: `cargo run -p maru-calendar --example days_off`.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = maru_calendar::HolidayTable::korea()?;
    let mut output = std::io::stdout().lock();
    for holiday in table.all() {
        writeln!(output, "{}\t{}\t{}\t{:?}", holiday.date, holiday.name_ko, holiday.reference, holiday.certainty)?;
    }
    Ok(())
}
