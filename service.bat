@echo off
rem Starts FabriX Agent Chat for the network: what the Windows task runs, or for a double-click.
rem Colleagues reach it only when the firewall lets them in. Once, as administrator:
rem   netsh advfirewall firewall add rule name="FabriX Agent Chat" dir=in action=allow protocol=TCP localport=7860 profile=domain,private
cd /d "%~dp0"
echo Colleagues can't reach this? Let port 7860 through the firewall: see the comment in service.bat.
where py >nul 2>nul
if errorlevel 1 (
  python run.py serve --host 0.0.0.0 %*
) else (
  py -3 run.py serve --host 0.0.0.0 %*
)
