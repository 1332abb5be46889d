@echo off
rem Makes the Windows tasks: the server when the machine starts, a daily backup, a weekly clean-up.
rem Run it once as administrator. The tasks are named "FabriX Agent Chat ..." in the Task Scheduler.
setlocal
set "ROOT=%~dp0.."
for %%I in ("%ROOT%") do set "ROOT=%%~fI"
net session >nul 2>nul
if errorlevel 1 (
  echo Run this as administrator: right-click, "Run as administrator".
  exit /b 1
)
schtasks /Create /F /RU SYSTEM /SC ONSTART /DELAY 0001:00 /TN "FabriX Agent Chat" /TR "cmd /c \"\"%ROOT%\service.bat\"\"" || exit /b 1
schtasks /Create /F /RU SYSTEM /SC DAILY /ST 03:00 /TN "FabriX Agent Chat backup" /TR "cmd /c \"\"%ROOT%\deploy\task.bat\" backup\"" || exit /b 1
schtasks /Create /F /RU SYSTEM /SC WEEKLY /D SUN /ST 04:00 /TN "FabriX Agent Chat clean-up" /TR "cmd /c \"\"%ROOT%\deploy\task.bat\" cleanup --days 90\"" || exit /b 1
echo Done. Start the server now with: schtasks /Run /TN "FabriX Agent Chat"
