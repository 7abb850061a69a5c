# A figure of varve: change it and run `gnuplot panels_lap.gp` here; data are in panels_lap.dat.
# For a PDF: gnuplot -e "format='pdf'" panels_lap.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 922; height = 370  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'panels_lap.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'shares, lap' at screen 0.5,0.9622 center
set label 2 'bands: one standard error' at screen 0.9913,0.0270 right textcolor '#666666'
set border linecolor '#444444'
set tics nomirror out scale 0.5
set xtics offset 0,0.3
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
set key at screen 0.8594,0.7568 left top vertical maxrows 4 Left reverse samplen 2.2 spacing 1.1
set multiplot

set lmargin at screen 0.0846; set rmargin at screen 0.4427; set bmargin at screen 0.1622; set tmargin at screen 0.7568
set label 4 'last' at screen 0.2637,0.8973 center
unset logscale x
set xrange [-0.08:2.08]
set yrange [0.078125:0.953125]
set xtics 0,1
set xlabel 'layer' offset 0,0.4
set ylabel 'overlap' offset 1,0
set x2range [-0.04:1.04]
set x2tics 0,0.25,1 offset 0,-0.3
set x2label 'relative depth' offset 0,-0.8
set arrow from 1,graph 0 to 1,graph 1 nohead back dashtype 3 linewidth 1.5 linecolor '#777777'
plot NaN notitle, \
  'panels_lap.dat' index 0 using 1:3:4 with filledcurves fillcolor '#0072b2' fillstyle transparent solid 0.22 noborder notitle, \
  'panels_lap.dat' index 0 using 1:2 with linespoints linecolor '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'k = 10', \
  'panels_lap.dat' index 1 using 1:3:4 with filledcurves fillcolor '#d55e00' fillstyle transparent solid 0.22 noborder notitle, \
  'panels_lap.dat' index 1 using 1:2 with linespoints linecolor '#d55e00' linewidth 2 dashtype 1 pointtype 5 pointsize 0.7 title 'k = 30', \
  'panels_lap.dat' index 2 using 1:2 with lines linecolor '#777777' linewidth 1.2 dashtype 2 title 'by chance', \
  NaN with lines dashtype 3 linewidth 1.5 linecolor '#777777' title 'best layer'
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.4970; set rmargin at screen 0.8550; set bmargin at screen 0.1622; set tmargin at screen 0.7568
set label 4 'mean' at screen 0.6760,0.8973 center
unset logscale x
set xrange [-0.08:2.08]
set yrange [0.078125:0.953125]
set xtics 0,1
set xlabel 'layer' offset 0,0.4
set ylabel '' offset 1,0
set x2range [-0.04:1.04]
set x2tics 0,0.25,1 offset 0,-0.3
set x2label 'relative depth' offset 0,-0.8
set arrow from 1,graph 0 to 1,graph 1 nohead back dashtype 3 linewidth 1.5 linecolor '#777777'
plot NaN notitle, \
  'panels_lap.dat' index 3 using 1:3:4 with filledcurves fillcolor '#0072b2' fillstyle transparent solid 0.22 noborder notitle, \
  'panels_lap.dat' index 3 using 1:2 with linespoints linecolor '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle, \
  'panels_lap.dat' index 4 using 1:3:4 with filledcurves fillcolor '#d55e00' fillstyle transparent solid 0.22 noborder notitle, \
  'panels_lap.dat' index 4 using 1:2 with linespoints linecolor '#d55e00' linewidth 2 dashtype 1 pointtype 5 pointsize 0.7 notitle, \
  'panels_lap.dat' index 5 using 1:2 with lines linecolor '#777777' linewidth 1.2 dashtype 2 notitle
unset arrow; unset label; unset key; unset colorbox
unset multiplot
unset output
