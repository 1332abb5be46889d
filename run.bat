@echo off
rem Double-click to start FabriX Agent Chat on this machine.
cd /d "%~dp0"
where py >nul 2>nul
if errorlevel 1 (
  python run.py %*
) else (
  py -3 run.py %*
)
pause
